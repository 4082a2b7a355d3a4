/** A request or an answer waits so long for the database, then it goes on without. */
export const LONGEST_WAIT_MS = 5_000;

export class TooSlowError extends Error {
  override name = 'TooSlowError';
}

/**
 * What the work comes to.
 * @throws TooSlowError when it takes too long; the work itself goes on, and how it ends then is nobody's business
 */
export async function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TooSlowError(`longer than ${LONGEST_WAIT_MS} ms`)), LONGEST_WAIT_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
