import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { recoveryStage } from '../../core/pool/recovery-stage.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Recurring } from '../../platform/recurring.js';
import { whileClosing } from '../../platform/while-closing.js';
import { isUsable } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountProbes, MOST_PROBES } from '../health/account-probes.service.js';
import { inParallel } from '../health/in-parallel.js';
import { Attempts } from './attempts.service.js';
import { Breakers } from './breakers.service.js';

const TICK_MS = 1_000;
const CATCH_UP_MS = 15_000;
/** Probes of one round, so that none waits for hundreds of others that hang. */
const MOST_IN_ROUND = 40;

/**
 * Brings accounts back that an open breaker keeps out: each is probed some time before its end, more and more rarely, and
 * at its end, where the probe is the one trial (`recovery-stage.ts`). A time that grows with every trial that fails makes
 * probes rarer too. Where nothing is probed by itself (HEALTH_CHECK_INTERVAL=0) the trial is left to clients.
 */
@Injectable()
export class RecoveryJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Breakers');
  private readonly recurring = new Recurring(TICK_MS, () => this.run());
  private readonly catchingUp = new Recurring(CATCH_UP_MS, () => this.catchUp());
  private readonly isProbing: boolean;
  /** When this process last probed an account whose breaker is not closed, or left that to another. */
  private readonly probedAt = new Map<string, number>();
  private readonly clearing = new Set<Promise<void>>();

  constructor(
    private readonly breakers: Breakers,
    private readonly probes: AccountProbes,
    private readonly attempts: Attempts,
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
    { settings }: Configuration,
  ) {
    this.isProbing = settings.HEALTH_CHECK_INTERVAL > 0;
    breakers.onChange(({ id, to, reason }) => {
      if (to === 'closed') this.probedAt.delete(id);
      if (reason === 'success') this.clearErrors(id);
    });
    directory.onReload((accounts) => {
      for (const id of this.probedAt.keys()) if (!accounts.has(id)) this.probedAt.delete(id);
    });
  }

  onApplicationBootstrap(): void {
    this.catchingUp.start();
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.recurring.stop(), this.catchingUp.stop()]);
    await whileClosing(Promise.all(this.clearing));
  }

  /** Probes what is due, what has waited longest first. Never rejects. */
  async run(): Promise<void> {
    if (!this.isProbing) return;
    const due = this.breakers.notClosed().filter(([id]) => this.isDue(id));
    due.sort(([, one], [, other]) => one.snapshot.openUntil - other.snapshot.openUntil);
    await inParallel(due.slice(0, MOST_IN_ROUND), MOST_PROBES, ([id]) => this.probe(id));
  }

  /** Takes over what was missed of other replicas. Never rejects. */
  catchUp(): Promise<void> {
    return this.breakers.catchUp(Array.from(this.directory.accounts.keys()));
  }

  private isDue(id: string): boolean {
    const now = this.clock.now();
    const account = this.directory.find(id);
    if (!account || !isUsable(account, now)) return false;
    const { snapshot } = this.breakers.of(id);
    const standing = this.breakers.of(id).standing(now);
    if (standing === 'closed' || standing === 'trial-running') return false;
    return recoveryStage(snapshot, now) > recoveryStage(snapshot, this.probedAt.get(id) ?? snapshot.since);
  }

  private async probe(id: string): Promise<void> {
    // It may have waited for its turn.
    const account = this.directory.find(id);
    if (!account || this.recurring.isStopped || !this.isDue(id)) return;
    const now = this.clock.now();
    this.probedAt.set(id, now);
    if (!(await this.mayProbe(id, now))) return;
    const { ok, model, latencyMs, error } = await this.probes.probeOneOfMany(account);
    const line = { msg: `Account ${id} was probed for its recovery: ${ok ? 'answered' : error}`, account: id };
    this.logger.log({ ...line, model, latencyMs });
  }

  /** Of several replicas one probes. */
  private mayProbe(id: string, now: number): Promise<boolean> {
    const breaker = this.breakers.of(id);
    return breaker.standing(now) === 'open'
      ? this.breakers.claimEarlyProbe(id, recoveryStage(breaker.snapshot, now))
      : this.breakers.claimTrial(id);
  }

  private clearErrors(id: string): void {
    const cleared = this.attempts
      .clearErrors(id)
      .catch((error: unknown) => {
        this.logger.error({ msg: `The error count of account ${id} could not be cleared`, account: id, err: error });
      })
      .finally(() => this.clearing.delete(cleared));
    this.clearing.add(cleared);
  }
}
