import { Injectable } from '@nestjs/common';
import type { AccountEffect } from '../../core/pool/account-effect.js';
import { endOfWindow } from '../../core/pool/quota-window.js';
import { isSpent } from '../../core/protocols/amazon-q/decode-usage-limits.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { Quotas } from './quotas.service.js';
import { StatusChanges } from './status-changes.service.js';

/** An account whose time is over and whose quota is still spent is looked at again then. */
const LATE_RESET_MS = 3_600_000;

/** Accounts that wait for their quota, and what GetUsageLimits says of it. */
@Injectable()
export class Parking {
  constructor(
    private readonly directory: AccountDirectory,
    private readonly quotas: Quotas,
    private readonly statuses: StatusChanges,
    private readonly clock: Clock,
  ) {}

  /** The end of the account's window as the service named it last. */
  resetsAt(id: string): number | undefined {
    return this.directory.find(id)?.quota?.resetsAt?.getTime();
  }

  /**
   * Out of use for as long as the refusal says; where that is the month, the service is asked for the very day.
   * @throws when the database can't be written
   */
  async park(id: string, reason: string, { until, isMonth, askedUntil }: ParkingTerms): Promise<void> {
    const wanted = { status: 'quota_exhausted', reason, until: new Date(until) } as const;
    if (!(await this.statuses.apply(id, wanted)) || !isMonth) return;
    const resetsAt = (await this.quotas.read(id)).limits?.resetsAt;
    if (resetsAt === undefined || resetsAt <= this.clock.now()) return;
    await this.moveTo(id, Math.max(resetsAt, askedUntil));
  }

  /** Its time is over: back in use, unless the service says that the quota is still spent. Never rejects for want of it. */
  async timeIsOver(id: string): Promise<void> {
    const { limits } = await this.quotas.read(id);
    if (!limits || !isSpent(limits)) {
      await this.statuses.apply(id, { status: 'active' }, 'time');
      return;
    }
    const now = this.clock.now();
    const resetsAt = limits.resetsAt ?? 0;
    await this.moveTo(id, resetsAt > now ? resetsAt : now + LATE_RESET_MS);
  }

  /** Reads the quota; an account that waits for the month's end and has quota again is back in use. */
  async readAgain(id: string): Promise<void> {
    const before = this.directory.find(id);
    const { limits } = await this.quotas.read(id);
    // Refused in spite of overage, it waits for the plan's own quota.
    if (before && limits && limits.used < limits.limit && waitsForMonth(before)) {
      await this.statuses.apply(id, { status: 'active' }, 'quota-read');
    }
  }

  private async moveTo(id: string, until: number): Promise<void> {
    await this.statuses.apply(id, { status: 'quota_exhausted', until: new Date(until) }, 'quota-read');
  }
}

type ParkingTerms = Omit<Extract<AccountEffect, { effect: 'park' }>, 'effect'>;

/** GetUsageLimits knows the month's quota only: it says nothing of an account that waits for the end of a day. */
function waitsForMonth({ status, statusSince, statusUntil, quota }: Account): boolean {
  if (status !== 'quota_exhausted' || !statusUntil) return false;
  const end = quota?.resetsAt?.getTime() ?? endOfWindow('month', statusSince.getTime());
  return statusUntil.getTime() >= end;
}
