import { percentile } from '../../../bench/report/percentile.js';
import { ENDS, type End } from './ask.js';
import type { Visit } from './crowd.js';

/** What became of many requests. */
export interface Tally {
  requests: number;
  ends: Record<End, number>;
  /** Of what was refused. */
  statuses: Record<string, number>;
  /** Requests that needed more than one account. */
  failedOver: number;
  /** Milliseconds, of answers that came whole. */
  first: Times;
  whole: Times;
  /** Until the end of whatever it was. */
  longestMs: number;
}

export interface Times {
  p50: number;
  p99: number;
}

export function tally(visits: readonly Visit[]): Tally {
  const done = visits.filter(({ end }) => end === 'done');
  const refused = visits.filter(({ end }) => end === 'refused').map(({ status }) => String(status));
  const statuses = new Map<string, number>();
  for (const status of refused) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return {
    requests: visits.length,
    ends: Object.fromEntries(
      ENDS.map((end) => [end, visits.filter((visit) => visit.end === end).length]),
    ) as Tally['ends'],
    statuses: Object.fromEntries(statuses),
    failedOver: visits.filter(({ attempts }) => attempts > 1).length,
    first: timesOf(done.map(({ firstMs }) => firstMs)),
    whole: timesOf(done.map(({ wholeMs }) => wholeMs)),
    longestMs: Math.round(visits.reduce((longest, { wholeMs }) => Math.max(longest, wholeMs), 0)),
  };
}

function timesOf(milliseconds: readonly number[]): Times {
  return { p50: Math.round(percentile(milliseconds, 0.5)), p99: Math.round(percentile(milliseconds, 0.99)) };
}
