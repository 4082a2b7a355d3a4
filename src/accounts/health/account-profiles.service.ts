import { Injectable, Logger } from '@nestjs/common';
import { SYSTEM } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { toGatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { decideProfile } from '../sign-in/decide-profile.js';
import { ProfileFinder } from '../sign-in/profile-finder.service.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { ProfileRepository } from './profile.repository.js';
import { quoteService } from './quote-service.js';

export interface ProfileLookup {
  /** Whether the service said which profiles there are. */
  isAnswered: boolean;
  /** As it is afterwards. */
  account: Account | undefined;
}

/** Corrects the profile of an account that the service refuses it with, or for want of it (amazon-q.md §6.3, §8.3). */
@Injectable()
export class AccountProfiles {
  private readonly logger = new Logger('Profiles');
  private readonly running = new Map<string, Promise<ProfileLookup>>();

  constructor(
    private readonly finder: ProfileFinder,
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly profiles: ProfileRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks which profiles the account may use. One that it may not use gives way to the only one it may; none is ever
   * chosen among several. Calls at once share one search. Never rejects.
   */
  lookUp(id: string): Promise<ProfileLookup> {
    const running = this.running.get(id);
    if (running !== undefined) return running;
    const search = this.search(id)
      .then((isAnswered) => ({ isAnswered, account: this.directory.find(id) }))
      .finally(() => this.running.delete(id));
    this.running.set(id, search);
    return search;
  }

  private async search(id: string): Promise<boolean> {
    const account = this.directory.find(id);
    if (account?.provider !== 'amazonq') return true;
    try {
      const found = await this.finder.find(account, await this.tokens.accessToken(id));
      const decision = decideProfile(found, { current: account.profileArn });
      if (decision.kind === 'taken' && decision.arn !== account.profileArn) await this.change(account, decision.arn);
      return true;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      const reason = quoteService(error.failure?.serviceMessage || error.message);
      this.logger.warn({ msg: `The profiles of account ${id} are not known: ${reason}`, account: id });
      // A Builder ID, for one, is told that it has none.
      return error.failure?.class === 'auth' || error.failure?.class === 'invalid_request';
    }
  }

  private async change({ id, profileArn }: Account, arn: string): Promise<void> {
    if (!(await this.profiles.change(id, profileArn, arn, new Date(this.clock.now())))) return;
    await this.directory.changed();
    this.logger.warn({ msg: `Account ${id} uses another profile: ${arn}`, account: id, profileArn: arn });
    const details = { profileArn: { from: profileArn ?? null, to: arn } };
    await this.audit.record({ actor: SYSTEM, action: 'account.update', target: id, details });
  }
}
