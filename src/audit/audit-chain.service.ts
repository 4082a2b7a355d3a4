import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Encryption } from '../platform/encryption/encryption.js';
import { whileClosing } from '../platform/while-closing.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditEventEntity } from './audit-event.entity.js';
import { AuditSeal, type UnsealedEntry } from './audit-seal.js';
import { type ChainEnd, type ChainEnds, newEnds } from './chain-end.js';

/** An entry that has no place in the chain yet. */
export type NewEntry = Omit<UnsealedEntry, 'sequence' | 'previousHash'>;

/** What waits to be written, of all callers. */
const MOST_WAITING = 10_000;
/** Written by one statement; what one caller brought stays together. */
const BATCH = 200;
/** Kept for later when they can't be written: what was done must be known. */
const MOST_OWED = 1_000;
const OWED_EVERY_MS = 5_000;
/** Each time somebody else was quicker. */
const MOST_TRIES = 50;
const LONGEST_PAUSE_MS = 20;

interface Job {
  entries: readonly NewEntry[];
  isKept: boolean;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Appends to the chain, in the order it is asked. Replicas, and commands beside them, append to the same one: a sequence
 * is given once, and who finds it taken reads the end again. No transaction: SQLite has one connection for everybody.
 * Each entry is one log line with its place and hash: an anchor outside of the database.
 */
@Injectable()
export class AuditChain implements OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly seal: AuditSeal;
  private readonly waiting: Job[] = [];
  private waitingEntries = 0;
  private writing?: Promise<void>;
  private owed: NewEntry[] = [];
  private timer?: NodeJS.Timeout;
  /** The last entry, as far as this process knows. */
  private tail?: ChainEnd;
  private hasComplained = false;

  constructor(
    private readonly repository: AuditRepository,
    encryption: Encryption,
  ) {
    this.seal = new AuditSeal(encryption);
  }

  /** Whether there are entries that could not be written yet. */
  get isBehind(): boolean {
    return this.owed.length > 0;
  }

  /**
   * @param isKept whether they are to be written later when they can't be now
   * @throws when they can't be written; none of them is then
   */
  append(entries: readonly NewEntry[], { isKept }: { isKept: boolean }): Promise<void> {
    if (this.waitingEntries + entries.length > MOST_WAITING) {
      if (isKept) this.owe(entries);
      return Promise.reject(new Error(`${this.waitingEntries} entries wait to be written to the audit log`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ entries, isKept, resolve, reject });
    this.waitingEntries += entries.length;
    this.writing ??= this.writeAll();
    return promise;
  }

  /** Writes what could not be written before. @throws when it can't be now */
  async catchUp(): Promise<void> {
    if (this.isBehind) await this.append([], { isKept: false });
  }

  /** What is owed gets a last chance. */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await whileClosing(this.catchUp().catch(() => undefined));
    clearTimeout(this.timer);
    if (this.isBehind) this.logger.error(`${this.owed.length} entries of the audit log are lost: see the lines above`);
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) await this.writeBatch(this.takeBatch());
    this.writing = undefined;
  }

  private takeBatch(): Job[] {
    let entries = 0;
    const end = this.waiting.findIndex((job, index) => {
      entries += job.entries.length;
      return index > 0 && entries > BATCH;
    });
    const jobs = this.waiting.splice(0, end < 0 ? this.waiting.length : end);
    for (const job of jobs) this.waitingEntries -= job.entries.length;
    return jobs;
  }

  private async writeBatch(jobs: readonly Job[]): Promise<void> {
    try {
      await this.writeOwed();
      await this.write(jobs.flatMap((job) => job.entries));
      for (const { resolve } of jobs) resolve();
    } catch (error) {
      this.owe(jobs.flatMap((job) => (job.isKept ? job.entries : [])));
      for (const { reject } of jobs) reject(error);
    }
  }

  private async writeOwed(): Promise<void> {
    while (this.owed.length > 0) {
      const some = this.owed.slice(0, BATCH);
      await this.write(some);
      this.owed = this.owed.slice(some.length);
    }
  }

  private owe(entries: readonly NewEntry[]): void {
    this.owed.push(...entries.slice(0, MOST_OWED - this.owed.length));
    clearTimeout(this.timer);
    if (this.isBehind) this.timer = setTimeout(() => void this.catchUp().catch(() => undefined), OWED_EVERY_MS).unref();
  }

  private async write(entries: readonly NewEntry[]): Promise<void> {
    for (let rest = entries, tries = 1; rest.length > 0; tries++) {
      const tail = this.tail ?? (await this.readTail());
      const sealed = this.sealAll(rest, tail);
      try {
        await this.repository.insert(sealed);
        rest = [];
      } catch (error) {
        this.tail = undefined;
        // A connection that broke may have brought them all the same.
        const stored = await this.repository.stored(rest.map(({ id }) => id));
        this.tell(stored);
        rest = rest.filter(({ id }) => stored.every((entry) => entry.id !== id));
        this.tail = await this.readTail();
        if (stored.length > 0) continue;
        if (this.tail.sequence === tail.sequence || tries === MOST_TRIES) throw error;
        await delay(Math.min(tries, LONGEST_PAUSE_MS) * Math.random());
        continue;
      }
      this.tell(sealed);
      this.tail = sealed.at(-1);
      if (this.tail) await this.moveLast(this.tail);
    }
  }

  private tell(entries: readonly AuditEventEntity[]): void {
    for (const { sequence, hash, actor, keyId, action, target, outcome, requestId } of entries) {
      const who = { actor, keyId: keyId ?? undefined };
      const what = { action, target: target ?? undefined, outcome, requestId: requestId ?? undefined };
      this.logger.log({ msg: `audit ${sequence}: ${action}`, sequence, hash, ...who, ...what });
    }
  }

  private sealAll(entries: readonly NewEntry[], tail: ChainEnd): (AuditEventEntity & ChainEnd)[] {
    let { sequence, hash } = tail;
    return entries.map((entry) => {
      const unsealed = { ...entry, sequence: ++sequence, previousHash: hash };
      hash = this.seal.hashOf(unsealed);
      return { ...unsealed, hash };
    });
  }

  /** What a crash leaves behind here, the next entry moves: entries after the end are part of the chain. */
  private async moveLast(tail: ChainEnd): Promise<void> {
    if (this.hasComplained) return;
    await this.repository.moveEnd(this.seal.sealEnd('last', tail)).catch((error: unknown) => {
      this.logger.warn({ msg: 'The end of the audit log is not noted', err: error });
    });
  }

  /** After the last entry that is there, or that was: one that is missing must leave a gap. */
  private async readTail(): Promise<ChainEnd> {
    const ends = await this.readEnds();
    const last = await this.repository.last();
    const noted = ends?.last ?? newEnds(0).last;
    return last && last.sequence > noted.sequence ? { sequence: last.sequence, hash: last.hash ?? '' } : noted;
  }

  /** @returns undefined when somebody else changed them: they are left as they are, for `npm run audit` to find */
  private async readEnds(): Promise<ChainEnds | undefined> {
    const rows = await this.repository.readEnds();
    if (rows.length === 0 && !(await this.repository.last())) return this.begin();
    const ends = this.seal.openEnds(rows);
    if (!ends && !this.hasComplained)
      this.logger.error('The ends of the audit log were changed: run `npm run audit -- verify`');
    this.hasComplained ||= !ends;
    return ends;
  }

  private async begin(): Promise<ChainEnds | undefined> {
    const ends = newEnds(await this.repository.countBefore());
    const { first, last, before } = ends;
    const rows = [
      this.seal.sealEnd('first', first),
      this.seal.sealEnd('last', last),
      this.seal.sealEnd('before', before),
    ];
    try {
      await this.repository.insertEnds(rows);
      return ends;
    } catch (error) {
      // Another process began at the same time.
      const theirs = await this.repository.readEnds();
      if (theirs.length === 0) throw error;
      return this.seal.openEnds(theirs);
    }
  }
}
