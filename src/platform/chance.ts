/** Chance, injected so that tests can set it. */
export class Chance {
  /** A number from 0 up to, and without, 1. */
  next(): number {
    return Math.random();
  }
}
