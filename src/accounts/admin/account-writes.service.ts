import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { AccountDirectory } from '../account-directory.service.js';

/** What follows each write to an account: it is audited, and this process goes by it. */
@Injectable()
export class AccountWrites {
  constructor(
    private readonly audit: AuditLog,
    private readonly directory: AccountDirectory,
  ) {}

  /** @throws when it can't be audited; what was written is in use all the same */
  async done(event: AuditEvent & { target: string }): Promise<void> {
    try {
      await this.audit.record(event);
    } finally {
      await this.directory.changed();
    }
  }

  /** Something was tried, and did not happen. */
  async refused(event: AuditEvent & { target: string }): Promise<void> {
    await this.audit.record({ ...event, outcome: 'refused' });
  }

  /** Before something that goes by what this process knows: another replica may have changed it a moment ago. */
  catchUp(): Promise<void> {
    return this.directory.changed();
  }
}
