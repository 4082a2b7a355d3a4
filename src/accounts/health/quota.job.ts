import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { phaseOf } from '../../core/pool/phase-of.js';
import { Clock } from '../../platform/clock.js';
import { Recurring } from '../../platform/recurring.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { Claims } from './claims.service.js';
import { inParallel } from './in-parallel.js';
import { Parking } from './parking.service.js';

const TICK_MS = 15_000;
const AT_ONCE = 4;
const FRESH_MS = 3_600_000;
/** At first nothing is known of any account: they are read over these, not all at once. */
const FIRST_MS = { after: 60_000, within: 300_000 };

/**
 * Brings accounts back whose quota has come back, and reads the quota of each about once an hour. Of several replicas
 * one does it.
 */
@Injectable()
export class QuotaJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Quotas');
  private readonly recurring = new Recurring(TICK_MS, () => this.run());
  /** When this process last read a quota, or left that to another; a service that names none is not asked again at once. */
  private readonly askedAt = new Map<string, number>();
  private readonly startedAt: number;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly parking: Parking,
    private readonly claims: Claims,
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
    directory.onReload((accounts) => {
      for (const id of this.askedAt.keys()) if (!accounts.has(id)) this.askedAt.delete(id);
    });
  }

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop();
  }

  /** Does what is due. Never rejects; what fails is tried again by a later run. */
  async run(): Promise<void> {
    const now = this.clock.now();
    const accounts = Array.from(this.directory.list());
    await inParallel(accounts.filter(isOver(now)), AT_ONCE, (account) => this.bringBack(account));
    const due = accounts.filter((account) => this.isDue(account, now));
    await inParallel(due, AT_ONCE, (account) => this.readAgain(account));
  }

  private isDue({ id, enabled, provider, status, quota }: Account, now: number): boolean {
    const isInUse = status === 'active' || status === 'quota_exhausted';
    if (!enabled || provider !== 'amazonq' || !isInUse) return false;
    const askedAt = Math.max(quota?.readAt.getTime() ?? 0, this.askedAt.get(id) ?? 0);
    const phase = phaseOf(id);
    return askedAt > 0
      ? now - askedAt >= FRESH_MS * (0.9 + 0.2 * phase)
      : now - this.startedAt >= FIRST_MS.after + FIRST_MS.within * phase;
  }

  private bringBack({ id, statusUntil }: Account): Promise<void> {
    const name = `quota-over:${id}:${statusUntil?.getTime() ?? 0}`;
    return this.claimed(id, name, 60, () => this.parking.timeIsOver(id));
  }

  private readAgain({ id }: Account): Promise<void> {
    this.askedAt.set(id, this.clock.now());
    return this.claimed(id, `quota-read:${id}`, FRESH_MS / 2000, () => this.parking.readAgain(id));
  }

  private async claimed(id: string, name: string, seconds: number, work: () => Promise<void>): Promise<void> {
    if (this.recurring.isStopped) return;
    try {
      if (await this.claims.take(name, seconds)) await work();
    } catch (error) {
      this.logger.error({ msg: `What is known of account ${id}'s quota cannot be stored`, account: id, err: error });
    }
  }
}

function isOver(now: number): (account: Account) => boolean {
  return ({ status, statusUntil }) =>
    status === 'quota_exhausted' && statusUntil !== undefined && statusUntil.getTime() <= now;
}
