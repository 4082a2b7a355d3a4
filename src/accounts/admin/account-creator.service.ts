import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { Clock } from '../../platform/clock.js';
import type { AccountSettings } from '../account.js';
import { AccountRepository, type NewAccount } from '../account.repository.js';
import { AccountChecks, credentialsTaken } from './account-checks.service.js';
import { type AccountInput, credentialsIn, settingsIn } from './account-input.js';
import { AccountWrites } from './account-writes.service.js';
import type { CreateAmazonqAccountDto, CreateAnthropicAccountDto } from './dto/create-account.dto.js';

/** Takes in accounts that an administrator describes. */
@Injectable()
export class AccountCreator {
  constructor(
    private readonly repository: AccountRepository,
    private readonly checks: AccountChecks,
    private readonly writes: AccountWrites,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns its id
   * @throws GatewayError `conflict` when there is an account of these credentials
   */
  async create(described: CreateAmazonqAccountDto | CreateAnthropicAccountDto, actor: Actor): Promise<string> {
    const account = await this.read(described);
    const inserted = await this.repository.insert([account], new Date(this.clock.now()));
    const stored = await this.repository.findWithSecrets(account.id);
    if (stored && stored.version !== inserted.get(account.id)) throw credentialsTaken(account.id);
    const { id: target, secrets, tokenExpiresAt, registrationExpiresAt, ...details } = account;
    await this.writes.done({ actor, action: 'account.create', target, details });
    return target;
  }

  private async read(described: CreateAmazonqAccountDto | CreateAnthropicAccountDto): Promise<NewAccount> {
    const input: AccountInput = described;
    const problems = this.checks.problemsOf(input);
    const credentials = credentialsIn(input);
    if (problems.length > 0 || !credentials) throw invalidInput(problems);
    const baseUrl = input.baseUrl ?? undefined;
    await this.checks.refuseTaken(credentials.secrets, baseUrl);
    const given = Object.entries(settingsIn(input)).filter(([, value]) => value !== null);
    return {
      ...(Object.fromEntries(given) as Partial<AccountSettings>),
      id: this.checks.idFor(credentials.secrets, baseUrl),
      label: described.label,
      provider: described.provider ?? 'amazonq',
      ...credentials,
    };
  }
}
