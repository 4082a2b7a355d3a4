import type { Candidate } from './candidate.js';

/** What beside the candidates decides; given, so that a strategy is the same each time. */
export interface Circumstances {
  /** Epoch milliseconds. */
  now: number;
  /** A number from 0 up to, and without, 1. */
  chance: () => number;
}

/** One way of choosing among accounts that can all serve. Both functions take time linear in the candidates at most. */
export interface Strategy {
  /** Whose turn it is. Changes nothing: to be asked again gives the same, chance aside. @param candidates at least one */
  choose<C extends Candidate>(candidates: readonly C[], circumstances: Circumstances): C;
  /** After one of them was taken, by this strategy or because its conversation is bound to it. */
  took?(candidates: readonly Candidate[], taken: Candidate): void;
}
