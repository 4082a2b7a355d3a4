import { setTimeout as wait } from 'node:timers/promises';

const LONGEST_MS = 20_000;

/** Waits until it is true, or too long: what is checked then fails. @param {() => boolean | undefined} isTrue */
export async function becomes(isTrue) {
  for (let waited = 0; !isTrue() && waited < LONGEST_MS; waited += 20) await wait(20);
}
