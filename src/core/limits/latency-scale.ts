/** Each step is so much longer than the one before: what is read from a step is off by 2.5 % at most. */
const RATIO = 1.05;
const LOG_RATIO = Math.log(RATIO);
/** One day; what takes longer is on the last step. */
const LONGEST_MS = 86_400_000;
export const LAST_STEP = stepOf(LONGEST_MS);

/** The step of the logarithmic scale that so many milliseconds are on: 0 for up to one, then rising. */
export function stepOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.ceil(Math.log(Math.min(ms, LONGEST_MS)) / LOG_RATIO);
}

/** Milliseconds in the middle of a step. */
export function millisecondsOf(step: number): number {
  if (step <= 0) return 1;
  return (RATIO ** step + RATIO ** (step - 1)) / 2;
}
