import type { PooledAccount } from '../../core/pool/availability.js';
import type { Breaker } from '../../core/pool/breaker.js';
import { LatencyAverage } from '../../core/pool/latency-average.js';
import { RequestWindow } from '../../core/pool/request-window.js';
import type { CreditsLeft } from '../../core/pool/strategies/candidate.js';
import type { Account } from '../account.js';

/** One account in the pool: what was read of it, and what it is doing. Plain fields: a thousand are looked at per choice. */
export class PoolMember implements PooledAccount {
  readonly id: string;
  isEnabled = false;
  status: Account['status'] = 'active';
  statusUntil?: number;
  isInDoubt = false;
  isLastResort = false;
  priority = 0;
  share = 1;
  requestsPerMinute?: number;
  maxConcurrent?: number;
  credits?: CreditsLeft;

  inFlight = 0;
  served = 0;
  lastTurn = 0;
  smooth = 0;
  coolingUntil = 0;
  /** How often in a row it was asked too often. */
  rateLimits = 0;
  readonly latency = new LatencyAverage();
  readonly window = new RequestWindow();
  /** Credits that answers cost since the quota was read. */
  private spent = 0;

  constructor(
    private current: Account,
    readonly breaker: Breaker,
  ) {
    this.id = current.id;
    this.show(current);
  }

  get account(): Account {
    return this.current;
  }

  /** As it was read last. */
  show(account: Account): void {
    const { quota } = account;
    if (quota?.readAt.getTime() !== this.current.quota?.readAt.getTime()) this.spent = 0;
    if (account.weight !== this.current.weight) this.smooth = 0;
    this.current = account;
    this.isEnabled = account.enabled;
    this.status = account.status;
    this.statusUntil = account.statusUntil?.getTime();
    this.priority = account.priority;
    this.share = Math.max(account.weight, 1);
    this.requestsPerMinute = account.requestsPerMinute;
    this.maxConcurrent = account.maxConcurrent;
    this.showCredits();
  }

  /** What an answer cost. */
  spend(credits: number): void {
    this.spent += credits;
    this.showCredits();
  }

  private showCredits(): void {
    const { quota, weight } = this.current;
    const left = quota && quota.limit - quota.used - this.spent;
    const resetsAt = quota?.resetsAt?.getTime();
    this.credits = left === undefined || resetsAt === undefined ? undefined : { left, resetsAt };
    this.isLastResort = weight === 0 || (left !== undefined && left <= 0);
  }
}
