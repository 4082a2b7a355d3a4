import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { phaseOf } from '../../core/pool/phase-of.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Recurring } from '../../platform/recurring.js';
import { type Account, isUsable } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountProbes, MOST_PROBES } from './account-probes.service.js';
import { Claims } from './claims.service.js';
import { inParallel } from './in-parallel.js';
import { SignsOfLife } from './signs-of-life.service.js';

const HOUR_MS = 3_600_000;
/** A suspension is the service's word: it is asked about rarely (amazon-q.md §0, contract §7). */
const SUSPENDED_PAUSE_MS = 12 * HOUR_MS;
const LONGEST_TICK_MS = 15_000;

/**
 * Probes accounts of which nothing good was heard for HEALTH_CHECK_INTERVAL, each at a moment of its own, and suspended
 * ones twice a day. Those that are closed, or wait for a sign-in or their quota, are left alone; those with an open breaker
 * are for `RecoveryJob`. Of several replicas one
 * probes.
 */
@Injectable()
export class ProbeJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Probes');
  private readonly intervalMs: number;
  private readonly recurring: Recurring;
  /** When this process last probed an account, or left that to another. */
  private readonly probedAt = new Map<string, number>();
  private readonly startedAt: number;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly probes: AccountProbes,
    private readonly signs: SignsOfLife,
    private readonly claims: Claims,
    private readonly clock: Clock,
    { settings }: Configuration,
  ) {
    this.intervalMs = settings.HEALTH_CHECK_INTERVAL * 1000;
    this.startedAt = clock.now();
    this.recurring = new Recurring(Math.min(LONGEST_TICK_MS, Math.max(1000, this.intervalMs / 10)), () => this.run());
    directory.onReload((accounts) => {
      for (const id of this.probedAt.keys()) if (!accounts.has(id)) this.probedAt.delete(id);
    });
  }

  onApplicationBootstrap(): void {
    if (this.intervalMs > 0) this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop();
  }

  /** Probes what is due. Never rejects. */
  async run(): Promise<void> {
    const now = this.clock.now();
    const due = Array.from(this.directory.list()).filter((account) => this.isDue(account, now));
    if (due.length === 0) return;
    const last = await this.signs.last(due.map(({ id }) => id));
    const silent = due.filter(
      ({ id, status }) => status === 'suspended' || now - (last.get(id) ?? 0) >= this.intervalMs,
    );
    await inParallel(silent, MOST_PROBES, ({ id }) => this.probe(id));
  }

  private isDue(account: Account, now: number): boolean {
    const { id, status, statusSince } = account;
    const phase = phaseOf(id);
    const probedAt = this.probedAt.get(id);
    if (status === 'suspended') {
      const since = probedAt ?? Math.max(this.startedAt, statusSince.getTime());
      return account.enabled && now - since >= SUSPENDED_PAUSE_MS + phase * HOUR_MS;
    }
    if (!isUsable(account, now) || this.probes.isRecovering(id)) return false;
    const heardAt = Math.max(probedAt ?? 0, this.signs.lastHere(id) ?? 0);
    // At first nothing is known of any: they get the whole of the second interval.
    return heardAt > 0 ? now - heardAt >= this.intervalMs : now - this.startedAt >= this.intervalMs * (1 + phase);
  }

  private async probe(id: string): Promise<void> {
    // Minutes may have gone by since it was due.
    const account = this.directory.find(id);
    if (!account || this.recurring.isStopped || !this.isDue(account, this.clock.now())) return;
    const { status } = account;
    this.probedAt.set(id, this.clock.now());
    const seconds = (status === 'suspended' ? SUSPENDED_PAUSE_MS : this.intervalMs) / 1000;
    if (!(await this.claims.take(`probe:${id}`, seconds * 0.9))) return;
    const { ok, model, latencyMs, error } = await this.probes.probeOneOfMany(account);
    const line = { msg: `Probe of account ${id}: ${ok ? 'answered' : error}`, account: id, model, latencyMs };
    if (ok) this.logger.debug(line);
    else this.logger.warn(line);
  }
}
