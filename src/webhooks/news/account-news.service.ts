import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Account, isUsable } from '../../accounts/account.js';
import { AccountDirectory } from '../../accounts/account-directory.service.js';
import { Pool } from '../../accounts/pool/pool.service.js';
import { Clock } from '../../platform/clock.js';
import { whileClosing } from '../../platform/while-closing.js';
import { Outbox } from '../deliveries/outbox.service.js';
import { goneOf, type News, newsOf, type Standings } from './news.js';
import type { Subject } from './subject.js';
import { SubjectRepository } from './subject.repository.js';

/** Events of one statement. */
const BATCH = 100;

interface Changes {
  news: readonly News[];
  /** Subjects. */
  gone: readonly string[];
}

/**
 * Compares each reading of the accounts with what webhooks were last told. What is found is put into the outbox first
 * and noted as told after that: a process that dies in between is made up for by whoever looks next, here or elsewhere,
 * and the outbox holds no event twice.
 */
@Injectable()
export class AccountNews implements OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  /** The last reading, as it is stored. */
  private accounts: ReadonlyMap<string, Account> = new Map();
  private readings = 0;
  private telling?: Promise<void>;
  private isWorking = true;
  private isClosing = false;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly pool: Pool,
    private readonly subjects: SubjectRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    // Whichever request changed an account: its id has no business in what follows.
    const read = AsyncResource.bind((accounts: ReadonlyMap<string, Account>) => {
      this.accounts = accounts;
      this.readings++;
      void this.look();
    });
    directory.onReload((accounts) => read(accounts));
  }

  /** Tells what there is to tell. Never rejects: what fails is found again by the next reading, within five seconds. */
  look(): Promise<void> {
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
    });
    return this.telling;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await whileClosing(this.telling);
  }

  private async tellAll(): Promise<void> {
    if (this.isClosing) return;
    try {
      const told = await this.subjects.list();
      if (hasChanges(this.changesSince(told))) {
        // What was read before the accounts can't be later news than theirs.
        const { readings } = this;
        await this.directory.changed();
        if (readings === this.readings) return;
        await this.tell(this.changesSince(told));
      }
      this.isWorking = true;
    } catch (error) {
      if (this.isWorking)
        this.logger.warn({ msg: 'Webhooks cannot be told of accounts now; it is tried again', err: error });
      this.isWorking = false;
    }
  }

  private changesSince(told: ReadonlyMap<string, Subject>): Changes {
    const standings = this.standings();
    return { news: newsOf(standings, told, this.clock.now()), gone: goneOf(standings, told) };
  }

  private async tell({ news, gone }: Changes): Promise<void> {
    for (let start = 0; start < news.length && !this.isClosing; start += BATCH) {
      const batch = news.slice(start, start + BATCH);
      await this.outbox.put(batch.map(({ event }) => event));
      await this.subjects.write(batch.map(({ subject }) => subject));
    }
    for (let start = 0; start < gone.length; start += BATCH)
      await this.subjects.delete(gone.slice(start, start + BATCH));
  }

  /** Usable here: chosen by the pool, with a breaker that is closed, which a trial that may fail again is not. */
  private standings(): Standings {
    const now = this.clock.now();
    let usable = 0;
    for (const account of this.accounts.values()) {
      if (isUsable(account, now) && !this.pool.isRecovering(account.id)) usable++;
    }
    return { accounts: this.accounts, usable };
  }
}

function hasChanges({ news, gone }: Changes): boolean {
  return news.length + gone.length > 0;
}
