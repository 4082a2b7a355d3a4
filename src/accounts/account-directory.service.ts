import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.service.js';
import { Clock } from '../platform/clock.js';
import { whileClosing } from '../platform/while-closing.js';
import { type Account, type AccountStatus, isUsable } from './account.js';
import { AccountRepository } from './account.repository.js';

const RELOAD_MS = 5_000;

/**
 * The accounts in memory, so that choosing one asks no database. What this process changes is seen at once, what
 * other replicas change within five seconds.
 */
@Injectable()
export class AccountDirectory implements OnApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private accounts: ReadonlyMap<string, Account> = new Map();
  private readonly listeners: ((accounts: ReadonlyMap<string, Account>) => void)[] = [];
  private timer?: NodeJS.Timeout;
  private reloading?: Promise<void>;
  /** Counts own changes: a list that was read before one of them is old. */
  private changes = 0;
  private writing = 0;
  private isReadable = true;

  constructor(
    private readonly repository: AccountRepository,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** Reads the accounts and goes on reading them every five seconds. */
  async start(): Promise<void> {
    await this.reload();
    this.timer = setInterval(() => void this.reloadQuietly(), RELOAD_MS).unref();
  }

  list(): Iterable<Account> {
    return this.accounts.values();
  }

  find(id: string): Account | undefined {
    return this.accounts.get(id);
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

  /** Takes an account out of use: for this process at once, for the others when it is written. */
  async takeOut(id: string, status: AccountStatus, reason: string): Promise<void> {
    const now = new Date(this.clock.now());
    this.logger.warn({ msg: `Account ${id} is out of use: ${status}`, account: id, status, reason });
    this.patch(id, { status, statusReason: reason, statusSince: now });
    this.writing++;
    try {
      await this.repository.takeOut(id, status, reason, now);
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

  /**
   * After accounts were added, changed or deleted: reads them again, and what was written is seen when this resolves.
   * @throws when the database can't be read
   */
  async changed(): Promise<void> {
    this.changes++;
    await this.reloading?.catch(() => undefined);
    await this.reload();
  }

  /** Remembers that an account was used just now; never waited for. */
  touch(id: string): void {
    const lastUsedAt = new Date(this.clock.now());
    this.repository.touch(id, lastUsedAt).catch((error: unknown) => {
      this.logger.warn({ msg: `The last use of account ${id} is not stored`, account: id, err: error });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await whileClosing(this.reloading?.catch(() => undefined));
  }

  private patch(id: string, fields: Partial<Account>): void {
    const account = this.accounts.get(id);
    if (!account) return;
    this.show(new Map(this.accounts).set(id, { ...account, ...fields }));
  }

  private async read(): Promise<void> {
    const before = this.changes;
    const accounts = await this.repository.list();
    if (before !== this.changes || this.writing > 0) return; // whoever writes reads again
    this.show(new Map(accounts.map((account) => [account.id, account])));
    for (const listener of this.listeners) listener(this.accounts);
  }

  private show(accounts: ReadonlyMap<string, Account>): void {
    for (const id of this.accounts.keys()) {
      if (!accounts.has(id)) this.metrics.accountAvailable(id, false);
    }
    for (const account of accounts.values()) this.metrics.accountAvailable(account.id, isUsable(account));
    this.accounts = accounts;
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
