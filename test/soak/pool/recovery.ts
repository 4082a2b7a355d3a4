import type { Visit } from './crowd.js';

/** How a pool came back, in seconds from the end of what was wrong with it. */
export interface Recovery {
  /** To the first whole answer; undefined: there is none so far. */
  firstAnswerSeconds?: number;
  /** To the beginning of the last request that got none; undefined: it has not come back so far. */
  recoveredSeconds?: number;
}

/** Every request answered for so long: it has come back. */
const CALM_MS = 3_000;

/**
 * @param visits that ended since, in that order
 * @param healedAt on the clock of the visits
 */
export function recoveryOf(visits: readonly Visit[], healedAt: number): Recovery {
  const first = visits.find((visit) => visit.end === 'done' && endOf(visit) >= healedAt);
  const failedAt = visits
    .filter(({ end }) => end !== 'done')
    .reduce((latest, { startedAt }) => Math.max(latest, startedAt), healedAt);
  const last = visits.at(-1);
  const isBack = last?.end === 'done' && endOf(last) - failedAt >= CALM_MS;
  return {
    ...(first && { firstAnswerSeconds: seconds(endOf(first) - healedAt) }),
    ...(isBack && { recoveredSeconds: seconds(failedAt - healedAt) }),
  };
}

function endOf({ startedAt, wholeMs }: Visit): number {
  return startedAt + wholeMs;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
