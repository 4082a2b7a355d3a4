import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { SYSTEM } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { whileClosing } from '../platform/while-closing.js';
import type { AccountStatus } from './account.js';

/** A change of status that was just stored. */
export interface StatusChange {
  from: AccountStatus;
  to: AccountStatus;
  /** The service's own words, or ours; never a secret. */
  reason?: string;
}

/** Tells operators of each change of an account's status: one log line, one audit row. */
@Injectable()
export class StatusLog implements OnApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  /** On their way to the audit log. */
  private readonly writing = new Set<Promise<void>>();

  constructor(private readonly audit: AuditLog) {}

  /** Not waited for, never throws: the change itself is stored in the account's row. */
  changed(account: string, { from, to, reason }: StatusChange): void {
    const line = { msg: `Account ${account}: ${from} → ${to}`, account, from, to, reason };
    if (to === 'active') this.logger.log(line);
    else this.logger.warn(line);
    const details = { from, to, reason };
    const written = this.audit
      .record({ actor: SYSTEM, action: 'account.status', target: account, details })
      .catch((error: unknown) => {
        this.logger.error({ msg: `A change of account ${account} is not in the audit log`, account, err: error });
      })
      .finally(() => this.writing.delete(written));
    this.writing.add(written);
  }

  /** After everything that changes accounts, and before the database closes. */
  async onApplicationShutdown(): Promise<void> {
    await whileClosing(Promise.all(this.writing));
  }
}
