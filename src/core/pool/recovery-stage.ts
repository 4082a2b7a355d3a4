import type { BreakerSnapshot } from './breaker.js';

const FIRST_PART = 1 / 16;
/** Far more than come to pass: each takes twice as long as the one before. */
const MOST_STAGES = 40;

/**
 * How many probes an account should have had by then since its breaker opened: one after a sixteenth of the time it is
 * open, then after an eighth, a quarter, a half and the whole of it, and so on. A short fault is over soon, and a long
 * one is asked about ever more rarely.
 * @param at epoch milliseconds
 */
export function recoveryStage({ since, openUntil }: BreakerSnapshot, at: number): number {
  let stage = 0;
  for (let due = (openUntil - since) * FIRST_PART; at - since >= due && stage < MOST_STAGES; due *= 2) stage++;
  return stage;
}
