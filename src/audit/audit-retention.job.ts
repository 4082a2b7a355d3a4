import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Configuration } from '../platform/config/configuration.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { whileClosing } from '../platform/while-closing.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditEventEntity } from './audit-event.entity.js';
import { SYSTEM } from './audit-event.js';
import { AuditLog } from './audit-log.service.js';
import { AuditSeal } from './audit-seal.js';
import type { ChainEnd } from './chain-end.js';

const DAY_MS = 24 * 3_600_000;
/** The first run, once a service has settled; a process that never lives a day cleans up too. */
const FIRST_AFTER_MS = 10 * 60_000;
/** Rows of one statement. */
const BATCH = 500;

/**
 * Deletes what is older than `AUDIT_RETENTION_DAYS`, daily and in small statements; several replicas may do so at once.
 * The chain's first end is moved before anything goes: what is below it may be missing, whenever this process ends.
 */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly seal: AuditSeal;
  private readonly keptMs: number;
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isStopping = false;

  constructor(
    private readonly repository: AuditRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    encryption: Encryption,
    { settings }: Configuration,
  ) {
    this.seal = new AuditSeal(encryption);
    this.keptMs = settings.AUDIT_RETENTION_DAYS * DAY_MS;
  }

  onApplicationBootstrap(): void {
    if (this.keptMs > 0) this.runAfter(FIRST_AFTER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await whileClosing(this.running);
  }

  /** Everything that is due. Never rejects; what fails is tried again a day later. */
  clean(): Promise<void> {
    this.running ??= this.deleteOld()
      .catch((error: unknown) => {
        this.logger.warn({ msg: 'Old entries of the audit log are not deleted', err: error });
      })
      .finally(() => {
        this.running = undefined;
      });
    return this.running;
  }

  private runAfter(ms: number): void {
    this.timer = setTimeout(() => {
      void this.clean().then(() => {
        if (!this.isStopping) this.runAfter(DAY_MS);
      });
    }, ms).unref();
  }

  private async deleteOld(): Promise<void> {
    const before = new Date(this.clock.now() - this.keptMs);
    const deleted = (await this.deleteBeforeChain(before)) + (await this.deleteChain(before));
    if (deleted === 0) return;
    await this.audit.record({ actor: SYSTEM, action: 'audit.retention', details: { deleted, olderThan: before } });
  }

  private async deleteBeforeChain(before: Date): Promise<number> {
    let deleted = 0;
    for (let batch = BATCH; batch === BATCH && !this.isStopping; deleted += batch)
      batch = await this.repository.deleteBefore(before, BATCH);
    return deleted;
  }

  private async deleteChain(before: Date): Promise<number> {
    let deleted = 0;
    for (let more = true; more && !this.isStopping; ) {
      const ends = this.seal.openEnds(await this.repository.readEnds());
      // Somebody changed them, or there is no chain yet: what is there is evidence, or nothing.
      if (!ends) return deleted;
      const batch = await this.repository.readAfter({ sequence: ends.first.sequence, id: '' }, BATCH);
      const last = this.lastOlder(batch, before);
      const first = last ? after(last) : ends.first;
      if (last) await this.repository.moveEnd(this.seal.sealEnd('first', first));
      // What an earlier run left behind goes too.
      deleted += await this.repository.deleteBelow(first.sequence, 1);
      more = last !== undefined && batch.length === BATCH;
    }
    return deleted;
  }

  /**
   * Where the chain is cut: an entry of a clock that was ahead keeps those after it. The time of one that somebody changed
   * says nothing, else its evidence could be made to go; it goes with entries after it.
   */
  private lastOlder(batch: readonly AuditEventEntity[], before: Date): AuditEventEntity | undefined {
    const right = batch.filter((entry) => this.seal.isRight(entry));
    const index = right.findIndex(({ at }) => at >= before);
    return index < 0 ? right.at(-1) : right[index - 1];
  }
}

function after({ sequence, hash }: AuditEventEntity): ChainEnd {
  return { sequence: sequence + 1, hash: hash ?? '' };
}
