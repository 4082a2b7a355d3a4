import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOGGED_COLUMNS, type LoggedRequest, readLoggedRequest } from './logged-request.js';
import type { RequestFilter, RequestPosition } from './request-filter.js';
import { type Branch, type Condition, conditionsOf, type Way } from './ways.js';

/** A stretch of the log. */
export interface Stretch {
  readonly filter: RequestFilter;
  /** How to get to its rows. */
  readonly way: Way;
  /** Undefined: from the newest. */
  readonly position: RequestPosition | undefined;
  /** Rows of the way that are looked at. */
  readonly length: number;
  /** Of those that fit, at most so many, the newest. */
  readonly limit: number;
}

export interface FoundStretch {
  /** The newest first. */
  readonly requests: LoggedRequest[];
  /** Undefined: there is nothing behind it. */
  readonly end: RequestPosition | undefined;
}

/** What a `Date` can be, in epoch milliseconds. */
const LATEST = 8.64e15;
const NEWEST_FIRST = { byKey: 'at DESC, request_id DESC', byIndex: '-at, request_id DESC' };

/** Reads the ledger for those who look through it: never more than a stretch at once. */
@Injectable()
export class RequestSearchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** One statement, whose work goes with the stretch's length and never with the table's. */
  async find({ filter, way, position, length, limit }: Stretch): Promise<FoundStretch> {
    const statement = new Statement(this.dataSource);
    const stretch = this.stretchOf(way, { filter, position, length }, statement);
    const fitting = all(conditionsOf(filter), statement.bind);
    const rows: Record<string, unknown>[] = await statement.run(
      `WITH stretch AS MATERIALIZED (${stretch})
        SELECT * FROM (SELECT 0 AS is_end, ${LOGGED_COLUMNS} FROM stretch WHERE ${fitting}
          ORDER BY ${NEWEST_FIRST.byKey} LIMIT ${limit}) AS fitting
        UNION ALL
        SELECT * FROM (SELECT 1 AS is_end, ${LOGGED_COLUMNS} FROM stretch
          ORDER BY ${NEWEST_FIRST.byKey} LIMIT 1 OFFSET ${length - 1}) AS last`,
    );
    const last = rows.find(({ is_end }) => is_end === 1);
    return {
      requests: rows.filter((row) => row !== last).map(readLoggedRequest),
      end: last && positionOf(readLoggedRequest(last)),
    };
  }

  /** When the last of the newest so many rows of a way was, in epoch milliseconds; undefined: it has fewer. */
  async reach(way: Way, filter: RequestFilter, position: RequestPosition | undefined, length: number) {
    const statement = new Statement(this.dataSource);
    const stretch = this.stretchOf(way, { filter, position, length }, statement);
    const [row]: { at: unknown }[] = await statement.run(
      `SELECT at FROM (${stretch}) AS stretch ORDER BY at DESC LIMIT 1 OFFSET ${length - 1}`,
    );
    return row && Number(row.at);
  }

  async findById(filter: RequestFilter): Promise<LoggedRequest[]> {
    const statement = new Statement(this.dataSource);
    const fitting = all([...conditionsOf(filter), ...timesOf(filter, undefined, 'at')], statement.bind);
    const rows: Record<string, unknown>[] = await statement.run(
      `SELECT ${LOGGED_COLUMNS} FROM usage_records WHERE ${fitting} ORDER BY ${NEWEST_FIRST.byKey} LIMIT 200`,
    );
    return rows.map(readLoggedRequest);
  }

  private stretchOf(way: Way, place: Pick<Stretch, 'filter' | 'position' | 'length'>, statement: Statement): string {
    const branches = way.map((branch) => this.branchOf(branch, place, statement));
    if (branches.length === 1) return branches.join('');
    const together = branches.map((branch, index) => `SELECT * FROM (${branch}) AS branch${index}`).join(' UNION ALL ');
    return `SELECT * FROM (${together}) AS branches ORDER BY ${NEWEST_FIRST.byKey} LIMIT ${place.length}`;
  }

  private branchOf(
    { index, conditions }: Branch,
    { filter, position, length }: Pick<Stretch, 'filter' | 'position' | 'length'>,
    { bind, isPostgres }: Statement,
  ): string {
    const where = all([...conditions, ...timesOf(filter, position, index === undefined ? 'at' : '-at')], bind);
    // Postgres has no other index in this order; SQLite has to be told.
    const table = index === undefined || isPostgres ? 'usage_records' : `usage_records INDEXED BY ${index}`;
    const order = index === undefined ? NEWEST_FIRST.byKey : NEWEST_FIRST.byIndex;
    return `SELECT ${LOGGED_COLUMNS} FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT ${length}`;
  }
}

/** A statement that is being written, and its values. */
class Statement {
  private readonly values: unknown[] = [];
  readonly isPostgres: boolean;

  constructor(private readonly dataSource: DataSource) {
    this.isPostgres = dataSource.options.type === 'postgres';
  }

  readonly bind = (value: unknown): string => {
    this.values.push(value);
    return `${this.isPostgres ? '$' : '?'}${this.values.length}`;
  };

  run<Row>(sql: string): Promise<Row[]> {
    return this.dataSource.query(sql, this.values);
  }
}

function positionOf({ at, requestId }: LoggedRequest): RequestPosition {
  return { at, requestId };
}

function all(conditions: readonly Condition[], bind: (value: unknown) => string): string {
  return conditions.length === 0 ? 'true' : conditions.map((condition) => condition(bind)).join(' AND ');
}

/**
 * The times of a filter behind a position, as one range: SQLite goes by the first of several.
 * @param column `-at` for an index that goes by it
 */
function timesOf(
  { from, to }: RequestFilter,
  position: RequestPosition | undefined,
  column: 'at' | '-at',
): Condition[] {
  const latest = Math.min(to === undefined ? LATEST : to - 1, position?.at ?? LATEST);
  const earliest = from ?? -LATEST;
  const [low, high] = column === 'at' ? [earliest, latest] : [-latest, -earliest];
  const range: Condition = (bind) => `${column} BETWEEN ${bind(low)} AND ${bind(high)}`;
  if (!position) return [range];
  const { at, requestId } = position;
  return [range, (bind) => `(at < ${bind(at)} OR request_id < ${bind(requestId)})`];
}
