import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FailureClass } from '../../core/pool/failure.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { whileClosing } from '../../platform/while-closing.js';
import { AccountDirectory } from '../account-directory.service.js';
import { type AttemptCount, AttemptCountRepository } from './attempt-count.repository.js';
import type { LeaseOutcome } from './lease.js';

const WRITE_AFTER_MS = 2_000;
/** Accounts written in one statement. */
const BATCH_SIZE = 100;

/** The request's own fault: says nothing about the account (amazon-q.md §6.3). */
const FAULTS_OF_THE_REQUEST: ReadonlySet<FailureClass> = new Set(['invalid_request', 'context_length']);

/**
 * Counts attempts at upstream: for metrics at once, for the accounts' rows in batches, off the hot path. A crash loses
 * what two seconds counted.
 */
@Injectable()
export class Attempts implements OnApplicationShutdown {
  private readonly logger = new Logger('Attempts');
  private unwritten = new Map<string, AttemptCount>();
  private timer?: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();
  private isWritable = true;

  constructor(
    private readonly repository: AttemptCountRepository,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.unwritten.keys()) if (!accounts.has(id)) this.unwritten.delete(id);
    });
  }

  /** @returns when, in epoch milliseconds, for `ended` */
  started(accountId: string): number {
    this.metrics.attemptStarted(accountId);
    const now = this.clock.now();
    this.countOf(accountId, now).lastUsedAt = new Date(now);
    return now;
  }

  /** @param startedAt what `started` said */
  ended(accountId: string, outcome: LeaseOutcome, startedAt: number): void {
    const failed = outcome.status === 'error' ? (outcome.error.failure?.class ?? 'unknown') : undefined;
    this.metrics.attemptEnded(accountId, outcome.status, (this.clock.now() - startedAt) / 1000, failed);
    const count = this.countOf(accountId, startedAt);
    count.requests++;
    if (failed !== undefined && !FAULTS_OF_THE_REQUEST.has(failed)) count.errors++;
  }

  /** Forgets an account's errors, the stored ones too; those that another replica has not written yet may come after. */
  async clearErrors(accountId: string): Promise<void> {
    await this.writing;
    const count = this.unwritten.get(accountId);
    if (count) count.errors = 0;
    await this.repository.clearErrors(accountId);
  }

  /** Writes down what was counted so far. Never rejects: what can't be written is kept. */
  write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    await whileClosing(this.write());
    clearTimeout(this.timer);
  }

  private countOf(accountId: string, usedAt: number): AttemptCount {
    const known = this.unwritten.get(accountId);
    if (known) return known;
    const count = { requests: 0, errors: 0, lastUsedAt: new Date(usedAt) };
    this.unwritten.set(accountId, count);
    this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
    return count;
  }

  private async writeAll(): Promise<void> {
    const counts = Array.from(this.unwritten);
    this.unwritten = new Map();
    for (let start = 0; start < counts.length; start += BATCH_SIZE) {
      const batch = new Map(counts.slice(start, start + BATCH_SIZE));
      try {
        await this.repository.add(batch);
        this.isWritable = true;
      } catch (error) {
        this.keep(batch);
        if (this.isWritable)
          this.logger.warn({ msg: 'Counters of accounts cannot be written; they are kept', err: error });
        this.isWritable = false;
      }
    }
  }

  private keep(counts: ReadonlyMap<string, AttemptCount>): void {
    for (const [id, { requests, errors, lastUsedAt }] of counts) {
      const count = this.countOf(id, lastUsedAt.getTime());
      count.requests += requests;
      count.errors += errors;
    }
  }
}
