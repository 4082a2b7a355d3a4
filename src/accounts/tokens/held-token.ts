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

/** Time a request may take from here to upstream's own look at the token. */
const MARGIN_MS = 30_000;

/**
 * @param obtainedAt when the service gave it; undefined where nobody knows. A token that lives shorter than the
 *   times asked for is renewed at half of its life, not at every call.
 */
export function holdToken(
  token: string,
  expiresAt: number,
  obtainedAt: number | undefined,
  aheadMs: number,
): HeldToken {
  const life = obtainedAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, expiresAt - obtainedAt);
  return {
    token,
    promise: Promise.resolve(token),
    renewAt: expiresAt - Math.min(Math.max(aheadMs, MARGIN_MS), life / 2),
    uselessAt: expiresAt - Math.min(MARGIN_MS, life / 4),
  };
}

/** A key that never ends by itself. */
export function holdForEver(key: string): HeldToken {
  return {
    token: key,
    promise: Promise.resolve(key),
    renewAt: Number.POSITIVE_INFINITY,
    uselessAt: Number.POSITIVE_INFINITY,
  };
}
