import { Injectable } from '@nestjs/common';
import { isTransition, type StatusCause, type StoredStatus } from '../../core/pool/status-transition.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { StatusLog } from '../status-log.service.js';
import { quoteService } from './quote-service.js';
import { StatusRepository } from './status.repository.js';

export interface WantedStatus {
  status: StoredStatus;
  /** The service's words, or ours; kept for operators, shortened and without what could be a secret. */
  reason?: string;
  /** When it ends by itself. */
  until?: Date;
}

/** Each further attempt needs somebody else's change in between. */
const MAX_ATTEMPTS = 4;

/**
 * The one way in which an account's status changes, but for what is stored together with its credentials. Several
 * replicas may change it at once: each change is one statement that names the status before, and happens only where
 * `status-transition.ts` has it.
 */
@Injectable()
export class StatusChanges {
  constructor(
    private readonly statuses: StatusRepository,
    private readonly directory: AccountDirectory,
    private readonly log: StatusLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes a status where that may be: for this process at once, for the others when it is stored.
   * @returns whether it was changed
   * @throws when the database can't be written
   */
  async apply(id: string, wanted: WantedStatus, cause: StatusCause = 'refusal'): Promise<boolean> {
    let account = this.directory.find(id) ?? (await this.statuses.read(id));
    for (let attempt = 0; account !== undefined && attempt < MAX_ATTEMPTS; attempt++) {
      const { status: from } = account;
      const to = this.fieldsOf(account, wanted, cause);
      if (!to || from === 'refreshing') return false;
      const write = () => this.statuses.change(id, from, to, new Date(this.clock.now()));
      if (await this.directory.whileWriting(id, to, write)) {
        if (from !== to.status) this.log.changed(id, { from, to: to.status, reason: to.statusReason });
        return true;
      }
      account = await this.statuses.read(id);
    }
    return false;
  }

  /** Since when the account has its status, epoch milliseconds, as far as this process knows. */
  since(id: string): number {
    return this.directory.find(id)?.statusSince.getTime() ?? Number.POSITIVE_INFINITY;
  }

  /**
   * An operator's word that the account is good again: suspension, quota, closure and a missing sign-in are over.
   * @returns whether any of them was there
   */
  reset(id: string): Promise<boolean> {
    return this.apply(id, { status: 'active' }, 'operator');
  }

  /** Undefined where this is no change, or one that does not happen. */
  private fieldsOf(account: Account, { status, reason, until }: WantedStatus, cause: StatusCause) {
    const { status: from, statusSince, statusUntil } = account;
    if (from === 'refreshing' || !isTransition(from, status, cause)) return undefined;
    const isSame = from === status;
    // Of two refusals the one that lasts longer counts; what GetUsageLimits says is right either way.
    if (isSame && cause === 'refusal' && !(statusUntil && until && until > statusUntil)) return undefined;
    if (isSame && until?.getTime() === statusUntil?.getTime()) return undefined;
    return {
      status,
      statusReason: reason ? quoteService(reason) : isSame ? account.statusReason : undefined,
      statusSince: isSame ? statusSince : new Date(this.clock.now()),
      statusUntil: until,
    };
  }
}
