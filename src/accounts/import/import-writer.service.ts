import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { type AccountChange, AccountRepository, type NewAccount } from '../account.repository.js';
import { shownChange } from '../shown-status.js';
import { StatusLog } from '../status-log.service.js';
import type { StoredForImport } from './account-matches.js';
import { ImportRepository } from './import.repository.js';

/** What became of a new account: somebody else stored one of that id at the same time, or it can't be stored at all. */
export type Creation = 'created' | 'taken' | 'failed';

/** Rows that fail one after the other: it is not the rows then. */
const FAILURES_IN_A_ROW = 3;

const IMPORTED = 'New credentials were imported';

/** Stores what an import decided. */
@Injectable()
export class ImportWriter {
  private readonly logger = new Logger('Import');

  constructor(
    private readonly accounts: AccountRepository,
    private readonly stored: ImportRepository,
    private readonly statusLog: StatusLog,
    private readonly clock: Clock,
  ) {}

  /** Adds accounts, all at once where that works, in the same order what became of each. */
  async create(accounts: readonly NewAccount[]): Promise<Creation[]> {
    const versions = new Map<string, string>();
    try {
      for (const [id, version] of await this.insert(accounts)) versions.set(id, version);
    } catch (error) {
      if (accounts.length > 1) return this.createEach(accounts);
      this.logger.error({ msg: 'An imported account is not stored', err: error });
      return accounts.map(() => 'failed');
    }
    const found = await this.stored.find({ ids: [...versions.keys()], tokenDigests: [], clientDigests: [] });
    const present = new Map(found.map(({ account, version }) => [account.id, version]));
    return accounts.map(({ id }) => (present.get(id) === versions.get(id) ? 'created' : 'taken'));
  }

  /** @returns false when there is no such account any more, or the change can't be stored */
  async change({ account }: StoredForImport, change: AccountChange): Promise<boolean> {
    try {
      const now = this.now();
      if (!(await this.accounts.change(account.id, change, now))) return false;
      this.logStatus(account, change, now);
      return true;
    } catch (error) {
      this.logger.error({ msg: `Account ${account.id} is not changed by an import`, account: account.id, err: error });
      return false;
    }
  }

  private logStatus(account: Account, { settings, credentials }: AccountChange, now: Date): void {
    const decision = { enabled: settings?.enabled, hasNewCredentials: credentials !== undefined, reason: IMPORTED };
    const change = shownChange(account, decision, now.getTime());
    if (change) this.statusLog.changed(account.id, change);
  }

  /** One of them can't be stored: the others can. */
  private async createEach(accounts: readonly NewAccount[]): Promise<Creation[]> {
    const creations: Creation[] = [];
    let failures = 0;
    for (const account of accounts) {
      const [creation = 'failed'] = failures < FAILURES_IN_A_ROW ? await this.create([account]) : [];
      failures = creation === 'failed' ? failures + 1 : 0;
      creations.push(creation);
    }
    return creations;
  }

  private insert(accounts: readonly NewAccount[]): Promise<ReadonlyMap<string, string>> {
    return this.accounts.insert(accounts, this.now());
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}
