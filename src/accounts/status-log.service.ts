import { Injectable, Logger } from '@nestjs/common';
import type { AccountStatus } from './account.js';
import { AuditTrail } from './audit-trail.service.js';
import { AccountEvents } from './events/account-events.service.js';

/** A change of status that was just stored. */
export interface StatusChange {
  from: AccountStatus;
  to: AccountStatus;
  /** The service's own words, or ours; never a secret. */
  reason?: string;
}

/** Tells operators of each change of an account's status: one log line, one audit row, one event. */
@Injectable()
export class StatusLog {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly trail: AuditTrail,
    private readonly events: AccountEvents,
  ) {}

  /** Not waited for, never throws: the change itself is stored in the account's row. */
  changed(account: string, { from, to, reason }: StatusChange): void {
    const line = { msg: `Account ${account}: ${from} → ${to}`, account, from, to, reason };
    if (to === 'active') this.logger.log(line);
    else this.logger.warn(line);
    this.trail.note(account, 'account.status', { from, to, reason });
    this.events.publish({ type: 'account.status', accountId: account, from, to, reason: reason ?? null });
  }
}
