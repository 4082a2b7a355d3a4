/** A token in memory, with the two moments that decide what happens to it. Epoch milliseconds. */
export interface HeldToken {
  token: string;
  /** Made once, so that handing the token out makes nothing. */
  promise: Promise<string>;
  /** From here on it is renewed ahead of its end, and still used. */
  renewAt: number;
  /** From here on it is not used any more: it might expire on its way. */
  uselessAt: number;
}

/** From when to when a token lives, epoch milliseconds. */
export interface TokenLife {
  expiresAt: number;
  /** When the service gave it; undefined where nobody knows. */
  obtainedAt: number | undefined;
}

/** Time a request may take from here to upstream's own look at the token. */
const MARGIN_MS = 30_000;
/** However short the time ahead is set: a renewal that is begun when the token is useless makes requests wait. */
const LEAST_AHEAD_MS = 2 * MARGIN_MS;
/** A token lives an hour as a rule (amazon-q.md §9.3), and is renewed at half of its life at the latest. */
const MOST_AHEAD_MS = 30 * 60_000;
/** Part of the time ahead over which renewals spread; the rest is for trying again. */
const SPREAD = 2 / 3;

/**
 * When to renew a token and when to give it up. One that lives shorter than the times asked for is renewed at half of
 * its life, not at every call.
 * @param share from 0 to 1: where in the time ahead its turn is, so that tokens that end together do not ask together
 */
export function timesOf({ expiresAt, obtainedAt }: TokenLife, aheadMs: number, share: number) {
  const life = obtainedAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, expiresAt - obtainedAt);
  const aheadFrom = expiresAt - Math.min(Math.max(aheadMs, LEAST_AHEAD_MS), life / 2);
  const uselessAt = expiresAt - Math.min(MARGIN_MS, life / 4);
  return { renewAt: aheadFrom + (uselessAt - aheadFrom) * SPREAD * share, uselessAt };
}

/** Over how long the renewals of tokens that end together are spread. */
export function spreadOf(aheadMs: number): number {
  return (Math.min(Math.max(aheadMs, LEAST_AHEAD_MS), MOST_AHEAD_MS) - MARGIN_MS) * SPREAD;
}

export function holdToken(token: string, life: TokenLife, aheadMs: number, share: number): HeldToken {
  return { token, promise: Promise.resolve(token), ...timesOf(life, aheadMs, share) };
}

/** A key that never ends by itself. */
export function holdForEver(key: string): HeldToken {
  const never = Number.POSITIVE_INFINITY;
  return { token: key, promise: Promise.resolve(key), renewAt: never, uselessAt: never };
}
