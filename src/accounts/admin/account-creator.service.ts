import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { invalidInput } from '../../auth/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import type { AccountSettings } from '../account.js';
import { AccountRepository, type NewAccount } from '../account.repository.js';
import { recognisableIn } from '../account-secrets.js';
import { type AccountInput, credentialProblems, credentialsIn, endpointProblems, settingsIn } from './account-input.js';
import { AccountListRepository } from './account-list.repository.js';
import { AccountWrites } from './account-writes.service.js';
import type { CreateAmazonqAccountDto, CreateAnthropicAccountDto } from './dto/create-account.dto.js';

/** Takes in accounts that an administrator describes. */
@Injectable()
export class AccountCreator {
  constructor(
    private readonly repository: AccountRepository,
    private readonly accounts: AccountListRepository,
    private readonly writes: AccountWrites,
    private readonly encryption: Encryption,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns its id
   * @throws GatewayError `conflict` when there is an account of these credentials: two would use up each other's tokens
   */
  async create(described: CreateAmazonqAccountDto | CreateAnthropicAccountDto, actor: Actor): Promise<string> {
    const account = await this.read(described);
    const inserted = await this.repository.insert([account], new Date(this.clock.now()));
    const stored = await this.repository.findWithSecrets(account.id);
    if (stored && stored.version !== inserted.get(account.id)) throw alreadyThere(account.id);
    const { id: target, secrets, tokenExpiresAt, registrationExpiresAt, ...details } = account;
    await this.writes.done({ actor, action: 'account.create', target, details });
    return target;
  }

  private async read(described: CreateAmazonqAccountDto | CreateAnthropicAccountDto): Promise<NewAccount> {
    const input: AccountInput = described;
    const { ALLOW_PRIVATE_ENDPOINTS } = this.configuration.settings;
    const problems = [...credentialProblems(input), ...endpointProblems(input, ALLOW_PRIVATE_ENDPOINTS)];
    const credentials = credentialsIn(input);
    if (problems.length > 0 || !credentials) throw invalidInput(problems);
    const { token } = recognisableIn(credentials.secrets);
    const baseUrl = input.baseUrl ?? undefined;
    const owner = await this.accounts.findByToken(this.digest(token), baseUrl);
    if (owner) throw alreadyThere(owner.id);
    const given = Object.entries(settingsIn(input)).filter(([, value]) => value !== null);
    return {
      ...(Object.fromEntries(given) as Partial<AccountSettings>),
      // The same credentials, given twice at the same time, meet in one row.
      id: `acc_${this.digest(baseUrl === undefined ? token : `${baseUrl} ${token}`).slice(0, 24)}`,
      label: described.label,
      provider: described.provider ?? 'amazonq',
      ...credentials,
    };
  }

  private digest(credential: string): string {
    return this.encryption.digest(credential, 'credentials');
  }
}

function alreadyThere(id: string): GatewayError {
  return new GatewayError('conflict', `Account ${id} has these credentials already`);
}
