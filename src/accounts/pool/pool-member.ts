import { UsageWindow } from '../../core/limits/usage-window.js';
import type { FilledElsewhere, PooledAccount } from '../../core/pool/availability.js';
import type { Breaker } from '../../core/pool/breaker.js';
import { Cooldown } from '../../core/pool/cooldown.js';
import { LatencyAverage } from '../../core/pool/latency-average.js';
import type { CreditsLeft } from '../../core/pool/strategies/candidate.js';
import type { Account, Quota } from '../account.js';

/**
 * One account in the pool: what was read of it, and what it is doing. Plain fields, each there from the beginning: a
 * thousand are looked at per choice, and what is read then stands together.
 */
export class PoolMember implements PooledAccount {
  isEnabled = false;
  status: Account['status'] = 'active';
  isInDoubt = false;
  readonly cooldown = new Cooldown();
  maxConcurrent: number | undefined = undefined;
  requestsPerMinute: number | undefined = undefined;
  filledElsewhere: FilledElsewhere | undefined = undefined;
  inFlight = 0;
  priority = 0;
  isLastResort = false;
  /** It could not be asked when it was looked at last, or was not there, or stood on another level. */
  wasOut = true;
  share = 1;
  smooth = 0;
  served = 0;
  lastTurn = 0;
  credits: CreditsLeft | undefined = undefined;

  readonly id: string;
  statusUntil: number | undefined = undefined;
  readonly latency = new LatencyAverage();
  readonly window = new UsageWindow();
  /** Credits that answers cost since the quota was read. */
  private spent = 0;

  /** @param now epoch milliseconds */
  constructor(
    private current: Account,
    readonly breaker: Breaker,
    now: number,
  ) {
    this.id = current.id;
    this.show(current, now);
  }

  get account(): Account {
    return this.current;
  }

  get coolingUntil(): number {
    return this.cooldown.until;
  }

  /** Whether it has limits of its own, which hold over all replicas. */
  get isLimited(): boolean {
    return this.requestsPerMinute !== undefined || this.maxConcurrent !== undefined;
  }

  /** As it was read last. */
  show(account: Account, now: number): void {
    const { quota } = account;
    if (quota?.readAt.getTime() !== this.current.quota?.readAt.getTime()) this.spent = 0;
    if (account.weight !== this.current.weight) this.smooth = 0;
    if (account.priority !== this.current.priority) this.wasOut = true;
    this.current = account;
    this.isEnabled = account.enabled;
    this.status = account.status;
    this.statusUntil = account.statusUntil?.getTime();
    this.priority = account.priority;
    this.share = Math.max(account.weight, 1);
    const { requestsPerMinute, maxConcurrent } = account;
    const isLimitChanged = this.requestsPerMinute !== requestsPerMinute || this.maxConcurrent !== maxConcurrent;
    if (isLimitChanged) this.filledElsewhere = undefined;
    this.requestsPerMinute = account.requestsPerMinute;
    this.maxConcurrent = account.maxConcurrent;
    this.showCredits(now);
  }

  /** What an answer cost. */
  spend(credits: number, now: number): void {
    this.spent += credits;
    this.showCredits(now);
  }

  /** As if it had had no turn yet. */
  beginAnew(): void {
    this.wasOut = true;
    this.smooth = 0;
  }

  /**
   * It can be asked again: what the others served meanwhile is not made up for, that would be all at once.
   * @param served the fewest that one of them has
   */
  comeBack(served: number): void {
    this.wasOut = false;
    this.served = Math.max(this.served, served);
  }

  private showCredits(now: number): void {
    const { quota, weight } = this.current;
    this.credits = quota && creditsLeft(quota, this.spent, now);
    const isLastResort = weight === 0 || (this.credits !== undefined && this.credits.left <= 0);
    if (isLastResort !== this.isLastResort) this.wasOut = true;
    this.isLastResort = isLastResort;
  }
}

/** @param spent since it was read */
function creditsLeft({ used, limit, resetsAt }: Quota, spent: number, now: number): CreditsLeft {
  const end = resetsAt?.getTime();
  // It began anew, and nobody read it since.
  if (end !== undefined && end <= now) return { left: limit - spent };
  return { left: limit - used - spent, resetsAt: end };
}
