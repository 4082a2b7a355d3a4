import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { whileClosing } from '../platform/while-closing.js';
import { type Account, isUsable } from './account.js';
import { AccountRepository } from './account.repository.js';

const RELOAD_MS = 5_000;
/** Of one change; each further one needs another change meanwhile. */
const MAX_READINGS = 10;

/**
 * The accounts in memory, so that choosing one asks no database. What this process changes is seen at once, what
 * other replicas change within five seconds.
 */
@Injectable()
export class AccountDirectory implements OnApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private shown: ReadonlyMap<string, Account> = new Map();
  private readonly listeners: ((accounts: ReadonlyMap<string, Account>) => void)[] = [];
  private timer?: NodeJS.Timeout;
  private reloading?: Promise<void>;
  /** Counts own changes: a list that was read before one of them is old. */
  private changes = 0;
  /** The last change before the reading that is shown. */
  private shownChange = 0;
  private writing = 0;
  private isReadable = true;

  constructor(
    private readonly repository: AccountRepository,
    private readonly clock: Clock,
  ) {}

  /** Reads the accounts and goes on reading them every five seconds. */
  async start(): Promise<void> {
    await this.reload();
    this.timer = setInterval(() => void this.reloadQuietly(), RELOAD_MS).unref();
  }

  /** By id; another map after each change. */
  get accounts(): ReadonlyMap<string, Account> {
    return this.shown;
  }

  list(): Iterable<Account> {
    return this.shown.values();
  }

  /** Those the pool may choose now. */
  *usable(): Iterable<Account> {
    const now = this.clock.now();
    for (const account of this.shown.values()) if (isUsable(account, now)) yield account;
  }

  find(id: string): Account | undefined {
    return this.shown.get(id);
  }

  /** Called after each reading with the accounts there are: what others keep per account can go with the account. */
  onReload(listener: (accounts: ReadonlyMap<string, Account>) => void): void {
    this.listeners.push(listener);
  }

  /** Reads the accounts now; calls at once share one reading. */
  reload(): Promise<void> {
    this.reloading ??= this.read().finally(() => {
      this.reloading = undefined;
    });
    return this.reloading;
  }

  /**
   * Shows fields of an account from now on and writes them: what this process does next does not wait for that. No
   * reading that began before counts; afterwards the accounts are read again.
   */
  async whileWriting<Result>(id: string, fields: Partial<Account>, write: () => Promise<Result>): Promise<Result> {
    this.patch(id, fields);
    this.writing++;
    try {
      return await write();
    } finally {
      this.writing--;
      this.wrote(id, {});
    }
  }

  /** Shows at once what was just written to an account, and reads the accounts again in the background. */
  wrote(id: string, fields: Partial<Account>): void {
    this.changes++;
    this.patch(id, fields);
    void this.reloadAnew();
  }

  /** The same, but read again with the next regular reading only: for what is written to many accounts in a row. */
  noted(id: string, fields: Partial<Account>): void {
    this.changes++;
    this.patch(id, fields);
  }

  /**
   * After accounts were added, changed or deleted: reads them again, and what was written is seen when this resolves.
   * @throws when the database can't be read
   */
  async changed(): Promise<void> {
    const change = ++this.changes;
    for (let reading = 0; this.shownChange < change && reading < MAX_READINGS; reading++) {
      await this.reloading?.catch(() => undefined);
      if (this.shownChange < change) await this.reload();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await whileClosing(this.reloading?.catch(() => undefined));
  }

  private patch(id: string, fields: Partial<Account>): void {
    const before = this.shown.get(id);
    if (!before) return;
    const account = { ...before, ...fields };
    this.shown = new Map(this.shown).set(id, account);
  }

  private async read(): Promise<void> {
    const before = this.changes;
    const accounts = await this.repository.list();
    if (before !== this.changes || this.writing > 0) return; // whoever writes reads again
    this.shownChange = before;
    this.show(new Map(accounts.map((account) => [account.id, account])));
    for (const listener of this.listeners) listener(this.shown);
  }

  private show(accounts: ReadonlyMap<string, Account>): void {
    this.shown = accounts;
  }

  private async reloadAnew(): Promise<void> {
    await this.reloading?.catch(() => undefined);
    await this.reloadQuietly();
  }

  private async reloadQuietly(): Promise<void> {
    try {
      await this.reload();
      this.isReadable = true;
    } catch (error) {
      if (this.isReadable)
        this.logger.error({ msg: 'The accounts cannot be read; the last reading stays in use', err: error });
      this.isReadable = false;
    }
  }
}
