import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { SYSTEM } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { whileClosing } from '../platform/while-closing.js';

/** What the service itself finds out about accounts, for the audit log. Nobody waits for it. */
@Injectable()
export class AuditTrail implements OnApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  /** On their way to the audit log. */
  private readonly writing = new Set<Promise<void>>();

  constructor(private readonly audit: AuditLog) {}

  /** Never throws. */
  note(account: string, action: string, details: Readonly<Record<string, unknown>>): void {
    const written = this.audit
      .record({ actor: SYSTEM, action, target: account, details })
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
