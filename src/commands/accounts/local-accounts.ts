import { AccountRepository } from '../../accounts/account.repository.js';
import { AccountDirectory } from '../../accounts/account-directory.service.js';
import { AuditTrail } from '../../accounts/audit-trail.service.js';
import { AccountEvents } from '../../accounts/events/account-events.service.js';
import { AccountExport } from '../../accounts/import/account-export.service.js';
import { AccountImport } from '../../accounts/import/account-import.service.js';
import { ExportRepository } from '../../accounts/import/export.repository.js';
import { ImportRepository } from '../../accounts/import/import.repository.js';
import type { ImportSource } from '../../accounts/import/import-entry.js';
import { ImportPlanner } from '../../accounts/import/import-planner.service.js';
import type { ImportResult } from '../../accounts/import/import-run.js';
import { ImportWriter } from '../../accounts/import/import-writer.service.js';
import { StatusLog } from '../../accounts/status-log.service.js';
import { AuditRepository } from '../../audit/audit.repository.js';
import { AuditChain } from '../../audit/audit-chain.service.js';
import { COMMAND_LINE } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { databaseSchema } from '../../database-schema.js';
import { Clock } from '../../platform/clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { openDatabase } from '../../platform/database/open-database.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { masterKey } from '../../platform/encryption/master-key.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import type { Accounts, ListedAccount } from './gateway-accounts.js';

/** The accounts in the service's own database, whether the service runs or not. */
export class LocalAccounts implements Accounts {
  private constructor(
    readonly name: string,
    private readonly imports: AccountImport,
    private readonly exports: AccountExport,
    private readonly repository: AccountRepository,
    readonly close: () => Promise<void>,
  ) {}

  /** @throws when the settings are not right, or the database can't be opened with their key */
  static async open(environment: Readonly<Record<string, string | undefined>>): Promise<LocalAccounts> {
    const configuration = readConfiguration({ ...environment });
    const { settings } = configuration;
    const encryption = new Encryption(masterKey(settings));
    const dataSource = await openDatabase(settings, databaseSchema, encryption);
    const clock = new Clock();
    const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), encryption), clock);
    const repository = new AccountRepository(dataSource, encryption);
    const stored = new ImportRepository(dataSource, encryption);
    const imports = new AccountImport(
      new ImportPlanner(configuration, encryption, clock),
      stored,
      new ImportWriter(
        repository,
        stored,
        new StatusLog(new AuditTrail(audit), new AccountEvents(new MemoryStateStore(clock), clock)),
        clock,
      ),
      new AccountDirectory(repository, clock),
      audit,
    );
    const exports = new AccountExport(new ExportRepository(dataSource, encryption), audit, clock);
    return new LocalAccounts(
      settings.DATABASE_URL ? `the database of ${new URL(settings.DATABASE_URL).host}` : settings.DATABASE_PATH,
      imports,
      exports,
      repository,
      () => dataSource.destroy(),
    );
  }

  import(sources: readonly ImportSource[], onProgress: (done: number, total: number) => void): Promise<ImportResult> {
    return this.imports.run(sources, { actor: COMMAND_LINE, onProgress });
  }

  export(includeSecrets: boolean): Promise<AsyncIterable<string>> {
    return this.exports.begin({ actor: COMMAND_LINE, includeSecrets });
  }

  async list(): Promise<ListedAccount[]> {
    const accounts = await this.repository.list();
    return accounts.map(({ id, label, provider, enabled, status, statusReason }) => ({
      id,
      label,
      provider,
      enabled,
      status: enabled ? status : 'disabled',
      statusReason,
    }));
  }
}
