import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** How many of them are held by anything. */
export function countInUse(objects: readonly WeakRef<object>[]): number {
  collectGarbage();
  collectGarbage();
  return objects.filter((each) => each.deref() !== undefined).length;
}

/** Bytes that are held, what is only not collected yet left out. */
export function memoryInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Bytes that what is made holds: the least of three times, as a heap that other test files use too is never quite calm.
 * @param make has to return all that is to be counted
 */
export function memoryOf(make: () => object): number {
  // None may go while another is measured.
  const made: object[] = [];
  const sizes = [1, 2, 3].map(() => {
    const before = memoryInUse();
    made.push(make());
    return memoryInUse() - before;
  });
  return made.length === sizes.length ? Math.min(...sizes) : Number.NaN;
}
