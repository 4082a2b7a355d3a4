import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { DAY_MS, firstOpenHour, HOUR_MS, isOver, startOf } from './periods.js';
import { type HourState, UsagePeriodRepository } from './usage-period.repository.js';
import { SUM_DIMENSIONS } from './usage-sum.js';
import { UsageSumRepository } from './usage-sum.repository.js';

/** Told to stop: between two statements. */
export type Stopping = () => boolean;

/**
 * Sums up what hours and days took, when they are over and again when something came late. Can be done by several
 * replicas at once: the database adds up, a sum replaces the one before, and one of an earlier state never a later one.
 * What is not summed up is read from the requests (`UsageSums`), so that nothing has to be done in time.
 */
@Injectable()
export class RollUp {
  constructor(
    private readonly periods: UsagePeriodRepository,
    private readonly sums: UsageSumRepository,
    private readonly clock: Clock,
  ) {}

  /** All that is due. @throws when the database does */
  async sumUpDue(isStopping: Stopping): Promise<void> {
    await this.periods.reopen(firstOpenHour(this.clock.now()));
    for (let hour = await this.nextHour(); hour !== undefined && !isStopping(); hour = await this.nextHour())
      await this.sumUpHour(hour);
    const past = { from: 0, to: startOf('hour', this.clock.now()) };
    for (const state of await this.periods.openHours(past)) {
      if (isStopping()) return;
      if (isOver(state.start + HOUR_MS, this.clock.now())) await this.sumUp(state);
    }
    for (const { start, revision, summed, isOpen } of await this.periods.days(past)) {
      if (isStopping()) return;
      if (revision > summed && !isOpen && isOver(start + DAY_MS, this.clock.now()))
        await this.sumUpDay(start, revision);
    }
  }

  /** One hour that is over, if its sums are not good. */
  async sumUpHour(start: number): Promise<void> {
    await this.sumUp(await this.periods.hour(start));
  }

  /** The first hour with requests after those that were ever summed up, if it is over. */
  private async nextHour(): Promise<number | undefined> {
    const first = await this.sums.firstRequestFrom(await this.periods.knownUntil());
    if (first === undefined) return undefined;
    const hour = startOf('hour', first);
    return isOver(hour + HOUR_MS, this.clock.now()) ? hour : undefined;
  }

  /** What comes meanwhile makes `changes` rise, so that the hour is due again. */
  private async sumUp({ start, changes, summed, isPruned }: HourState): Promise<void> {
    if (summed === changes || isPruned) return;
    for (const dimension of SUM_DIMENSIONS) await this.sums.sumUpHour(dimension, start, changes);
    await this.periods.summedUp('hour', start, changes);
  }

  private async sumUpDay(start: number, revision: number): Promise<void> {
    const day = { from: start, to: start + DAY_MS };
    for (const dimension of SUM_DIMENSIONS) await this.sums.sumUpDay(dimension, day, revision);
    await this.periods.summedUp('day', start, revision);
  }
}
