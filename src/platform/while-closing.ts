/** What is still at work when the service stops has so long: a database that hangs must not keep it from stopping. */
export const LONGEST_CLOSE_MS = 2_000;

/** Waits for work while the service closes, and not for ever. */
export async function whileClosing(work: Promise<unknown> | undefined): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LONGEST_CLOSE_MS);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
