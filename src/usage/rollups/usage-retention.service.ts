import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { DAY_MS, DAYS_KEPT_DAYS, HOUR_MS, HOURS_KEPT_DAYS, type Period, startOf, type TimeRange } from './periods.js';
import { RollUp, type Stopping } from './roll-up.service.js';
import { UsagePeriodRepository } from './usage-period.repository.js';
import { SUM_DIMENSIONS } from './usage-sum.js';
import { UsageSumRepository } from './usage-sum.repository.js';

/** Requests of one statement: some ten milliseconds, in which SQLite does nothing else. */
const BATCH = 1_000;
/** Between two statements: others come first. */
const PAUSE_MS = 20;

/** Deletes requests older than `USAGE_RETENTION_DAYS`, and sums that are far older: in small statements, with pauses. */
@Injectable()
export class UsageRetention {
  private readonly keptDays: Record<'request' | Period, number>;

  constructor(
    private readonly rollUp: RollUp,
    private readonly periods: UsagePeriodRepository,
    private readonly sums: UsageSumRepository,
    private readonly clock: Clock,
    { settings }: Configuration,
  ) {
    const days = settings.USAGE_RETENTION_DAYS;
    this.keptDays = {
      request: days,
      hour: Math.max(HOURS_KEPT_DAYS, days),
      day: Math.max(DAYS_KEPT_DAYS, days),
    };
  }

  /** All that is due, the oldest first. @throws when the database does */
  async deleteDue(isStopping: Stopping): Promise<void> {
    await this.deleteRequests(isStopping);
    await this.deleteSums('hour', isStopping);
    await this.deleteSums('day', isStopping);
  }

  private before(what: 'request' | Period): number {
    return this.clock.now() - this.keptDays[what] * DAY_MS;
  }

  private async deleteRequests(isStopping: Stopping): Promise<void> {
    const before = startOf('hour', this.before('request'));
    for (;;) {
      const first = await this.sums.firstRequestFrom(0);
      if (first === undefined || first >= before || isStopping()) return;
      if (!(await this.deleteHour(startOf('hour', first), isStopping))) return;
    }
  }

  /** @returns whether its requests are gone */
  private async deleteHour(from: number, isStopping: Stopping): Promise<boolean> {
    await this.rollUp.sumUpHour(from);
    // Something came meanwhile: it is summed up by a later run.
    if (!(await this.periods.prune(from))) return false;
    const to = from + HOUR_MS;
    for (let start = from; start < to; ) {
      if (isStopping()) return false;
      const next = await this.sums.timeOfRequest(BATCH, { from: start, to });
      // More than a batch may have ended within a millisecond.
      const end = next === undefined ? to : Math.max(next, start + 1);
      await this.sums.deleteRequests({ from: start, to: end });
      await delay(PAUSE_MS);
      start = end;
    }
    return true;
  }

  /** By whole days: an hour goes when its day is old enough to be read instead. */
  private async deleteSums(period: Period, isStopping: Stopping): Promise<void> {
    const before = startOf('day', this.before(period));
    for (;;) {
      const first = await this.periods.first(period);
      if (first === undefined || first >= before || isStopping()) return;
      const from = startOf('day', first);
      const day = { from, to: from + DAY_MS };
      if (period === 'hour' && !(await this.isSummedUp(day))) return;
      for (const dimension of SUM_DIMENSIONS) await this.sums.delete(period, dimension, day);
      await this.periods.delete(period, day);
      await delay(PAUSE_MS);
    }
  }

  private async isSummedUp(range: TimeRange): Promise<boolean> {
    const days = await this.periods.days(range);
    return days.every(({ revision, summed, isOpen }) => !isOpen && summed === revision);
  }
}
