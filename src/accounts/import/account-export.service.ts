import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { ExportRepository } from './export.repository.js';
import { exportAccount } from './export-account.js';

/** Accounts read, and held in memory, at a time. */
const PAGE = 200;

export interface ExportOptions {
  actor: Actor;
  includeSecrets: boolean;
}

/** All accounts as JSON that can be imported again, a page at a time. */
@Injectable()
export class AccountExport {
  constructor(
    private readonly accounts: ExportRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Writes down who asks for them; nothing goes out before. @throws when that can't be stored */
  async begin({ actor, includeSecrets }: ExportOptions): Promise<AsyncIterable<string>> {
    const accounts = await this.accounts.count();
    await this.audit.recordFirst({ actor, action: 'account.export', details: { includeSecrets, accounts } });
    return this.write(includeSecrets);
  }

  /** An export that was refused is worth knowing of too. */
  async refuse(actor: Actor): Promise<void> {
    await this.audit.record({
      actor,
      action: 'account.export',
      outcome: 'refused',
      details: { includeSecrets: true },
    });
  }

  private async *write(withSecrets: boolean): AsyncGenerator<string> {
    yield `{"version":1,"exportedAt":${JSON.stringify(new Date(this.clock.now()))},"accounts":[`;
    let last: Account | undefined;
    do {
      const page = await this.accounts.page(last, PAGE, withSecrets);
      const texts = page.map(({ account, secrets }) =>
        JSON.stringify(
          secrets === 'unreadable'
            ? { ...exportAccount(account, undefined), secretsUnreadable: true }
            : exportAccount(account, secrets),
        ),
      );
      yield (last && texts.length > 0 ? ',\n' : '\n') + texts.join(',\n');
      last = page.length < PAGE ? undefined : page.at(-1)?.account;
    } while (last);
    yield '\n]}\n';
  }
}
