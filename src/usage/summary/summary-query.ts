import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import {
  DAY_MS,
  DAYS_KEPT_DAYS,
  HOURS_KEPT_DAYS,
  LENGTH_OF,
  type Period,
  startFrom,
  startOf,
  type TimeRange,
} from '../rollups/periods.js';
import { DIMENSIONS, type Dimension } from '../rollups/usage-sum.js';
import type { UsageSummaryQueryDto } from './dto/usage-summary-query.dto.js';

/** What a summary is asked for, with whole hours or days, in epoch milliseconds. */
export interface SummaryQuery {
  range: TimeRange;
  interval?: Period;
  groupBy?: Dimension;
  only?: { dimension: Dimension; member: string };
}

/** @throws GatewayError `invalid_request` naming the field and the limit */
export function summaryQueryOf(dto: UsageSummaryQueryDto, now: number): SummaryQuery {
  const { interval, groupBy } = dto;
  const only = filterOf(dto);
  const isSplit = groupBy !== undefined && only === undefined;
  return { range: rangeOf(dto, isSplit, now), interval, groupBy, only };
}

/** Requests are summed up by one of their sides at a time. */
function filterOf(dto: UsageSummaryQueryDto): SummaryQuery['only'] {
  const filters = DIMENSIONS.flatMap((dimension) => {
    const member = dto[dimension];
    return member === undefined ? [] : [{ dimension, member }];
  });
  const [filter, second] = filters;
  if (second) {
    throw invalidInput([
      { path: second.dimension, message: `a summary is of one account, apiKey, model or protocol, not of two of them` },
    ]);
  }
  if (filter && dto.groupBy !== undefined && dto.groupBy !== filter.dimension) {
    const message = `groupBy must be ${filter.dimension} or left out in a summary of one ${filter.dimension}`;
    throw invalidInput([{ path: 'groupBy', message }]);
  }
  return filter;
}

function rangeOf({ from, to, interval }: UsageSummaryQueryDto, isSplit: boolean, now: number): TimeRange {
  // There is nothing of a time to come, and of a wrong clock not much.
  const end = to === undefined ? now : Math.min(Date.parse(to), now + DAY_MS);
  const start = from === undefined ? end - DAY_MS : Date.parse(from);
  if (start >= end) throw invalidInput([{ path: 'to', message: 'to must be later than from' }]);
  const mostDays = isSplit ? HOURS_KEPT_DAYS : DAYS_KEPT_DAYS;
  if (end - start > mostDays * DAY_MS) {
    const what = isSplit ? 'a summary with groupBy' : 'a summary';
    throw invalidInput([{ path: 'from', message: `${what} is of ${mostDays} days at most` }]);
  }
  const isOld = start < now - HOURS_KEPT_DAYS * DAY_MS;
  if (isOld && interval === 'hour') {
    throw invalidInput([{ path: 'from', message: `hours are kept for ${HOURS_KEPT_DAYS} days: ask for interval=day` }]);
  }
  // Of what is older there are days only.
  const period = isOld ? 'day' : (interval ?? 'hour');
  return { from: startOf(period, start), to: startFrom(period, end) };
}

/** How many intervals a range has. */
export function intervalsOf({ from, to }: TimeRange, interval: Period | undefined): number {
  return interval ? (to - from) / LENGTH_OF[interval] : 1;
}
