import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { startOf } from './periods.js';
import { UsagePeriodRepository } from './usage-period.repository.js';

/**
 * What the ledger says of rows it writes after their hour was over: the hour is summed up again.
 *
 * Said before the insert and after it. Before, lest a process that dies in between leaves rows nobody sums up; after, as
 * the hour may be summed up meanwhile. Whoever can't say it after the insert has to say it later: the rows are not in the
 * sums until then.
 */
@Injectable()
export class LateRows {
  constructor(
    private readonly periods: UsagePeriodRepository,
    private readonly clock: Clock,
  ) {}

  /** Those of the times whose hour is over by now, in epoch milliseconds: usually none. */
  lateOf(times: readonly number[]): number[] {
    const currentHour = startOf('hour', this.clock.now());
    return times.filter((at) => at < currentHour);
  }

  /**
   * One statement for each hour.
   * @throws when the database can't be written
   */
  async note(times: readonly number[]): Promise<void> {
    // In one order everywhere: replicas that note at once wait for each other, and never in a circle.
    const hours = [...new Set(times.map((at) => startOf('hour', at)))].sort((one, other) => one - other);
    for (const hour of hours) await this.periods.changed(hour);
  }
}
