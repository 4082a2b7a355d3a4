import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DAY_MS, HOUR_MS, type Period, type TimeRange } from './periods.js';

/** An hour of which there are, or were, requests. Times are epoch milliseconds. */
export interface HourState {
  start: number;
  /** What was added late, counted. */
  changes: number;
  /** At how many changes it was summed up; -1: never. */
  summed: number;
  isPruned: boolean;
}

/** A day of which there are, or were, requests. */
export interface DayState {
  start: number;
  /** Its hours, and what was added to them late: grows whenever one of them is summed up again. 0: its hours are gone. */
  revision: number;
  /** At which revision it was summed up; -1: never. */
  summed: number;
  /** Some of its hours are not summed up. */
  isOpen: boolean;
}

const HOURS = `period = 'hour' AND start >= $1 AND start < $2`;

/** Which hours and days are summed up. One statement each: SQLite has one connection for everybody. */
@Injectable()
export class UsagePeriodRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Something was added to an hour, or will be: its sums are not good any more. One that is pruned stays as it is. */
  async changed(hour: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO usage_periods (period, start, changes, summed, is_pruned) VALUES ('hour', $1, 1, -1, false)
        ON CONFLICT (period, start) DO UPDATE SET changes = usage_periods.changes + 1 WHERE NOT usage_periods.is_pruned`,
      [hour],
    );
  }

  /** Hours that can't be over yet, from this one on: a clock that was ahead summed them up. Pruned ones stay as they are. */
  async reopen(from: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE usage_periods SET changes = changes + 1, summed = -1
        WHERE period = 'hour' AND start >= $1 AND summed >= 0 AND NOT is_pruned`,
      [from],
    );
  }

  /** The state of an hour; one that nobody knew begins with none. */
  async hour(start: number): Promise<HourState> {
    const [known] = await this.hoursWhere(HOURS, [start, start + 1]);
    if (known) return known;
    await this.dataSource.query(
      `INSERT INTO usage_periods (period, start, changes, summed, is_pruned) VALUES ('hour', $1, 0, -1, false)
        ON CONFLICT (period, start) DO NOTHING`,
      [start],
    );
    const [added] = await this.hoursWhere(HOURS, [start, start + 1]);
    return added ?? { start, changes: 0, summed: -1, isPruned: false };
  }

  /** Hours of the range whose sums are not good, the earliest first. */
  openHours({ from, to }: TimeRange): Promise<HourState[]> {
    return this.hoursWhere(`${HOURS} AND summed <> changes ORDER BY start`, [from, to]);
  }

  /** Days of the range of which something is known, the earliest first. */
  async days({ from, to }: TimeRange): Promise<DayState[]> {
    const found: Record<string, string | number>[] = await this.dataSource.query(
      `SELECT start - start % ${DAY_MS} AS day,
          sum(CASE WHEN period = 'hour' THEN changes + 1 ELSE 0 END) AS revision,
          max(CASE WHEN period = 'hour' AND summed <> changes THEN 1 ELSE 0 END) AS is_open,
          max(CASE WHEN period = 'day' THEN summed ELSE -1 END) AS summed
        FROM usage_periods WHERE start >= $1 AND start < $2 AND period IN ('hour', 'day')
        GROUP BY start - start % ${DAY_MS} ORDER BY 1`,
      [from, to],
    );
    return found.map(({ day, revision, is_open, summed }) => ({
      start: Number(day),
      revision: Number(revision),
      summed: Number(summed),
      isOpen: Number(is_open) === 1,
    }));
  }

  /** The end of the last hour that was ever summed up: hours before it that are not known have no requests. */
  async knownUntil(): Promise<number> {
    const [found]: { last: string | number | null }[] = await this.dataSource.query(
      `SELECT max(start) AS last FROM usage_periods WHERE period = 'hour' AND summed >= 0`,
    );
    return found?.last == null ? 0 : Number(found.last) + HOUR_MS;
  }

  /** It was summed up as it was at `revision`; an earlier one that comes late says nothing. */
  async summedUp(period: Period, start: number, revision: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO usage_periods (period, start, changes, summed, is_pruned) VALUES ($1, $2, 0, $3, false)
        ON CONFLICT (period, start) DO UPDATE SET summed = excluded.summed WHERE usage_periods.summed < excluded.summed`,
      [period, start, revision],
    );
  }

  /** @returns whether its requests may go: its sums are good, and stay as they are from now on */
  async prune(hour: number): Promise<boolean> {
    await this.dataSource.query(
      `UPDATE usage_periods SET is_pruned = true WHERE period = 'hour' AND start = $1 AND summed = changes`,
      [hour],
    );
    return (await this.hour(hour)).isPruned;
  }

  /** The earliest one known; undefined: none. */
  async first(period: Period): Promise<number | undefined> {
    const [found]: { first: string | number | null }[] = await this.dataSource.query(
      'SELECT min(start) AS first FROM usage_periods WHERE period = $1',
      [period],
    );
    return found?.first == null ? undefined : Number(found.first);
  }

  async delete(period: Period, { from, to }: TimeRange): Promise<void> {
    await this.dataSource.query('DELETE FROM usage_periods WHERE period = $1 AND start >= $2 AND start < $3', [
      ...[period, from, to],
    ]);
  }

  private async hoursWhere(condition: string, parameters: number[]): Promise<HourState[]> {
    const found: Record<string, string | number | boolean>[] = await this.dataSource.query(
      `SELECT start, changes, summed, is_pruned FROM usage_periods WHERE ${condition}`,
      parameters,
    );
    return found.map(({ start, changes, summed, is_pruned }) => ({
      start: Number(start),
      changes: Number(changes),
      summed: Number(summed),
      isPruned: Boolean(is_pruned),
    }));
  }
}
