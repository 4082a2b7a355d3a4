/**
 * What is known of the chain's ends, so that entries missing there are missed: `first` is the oldest that is kept,
 * `last` the newest, `before` how many entries there were when the chain began.
 */
export const END_NAMES = ['first', 'last', 'before'] as const;
export type EndName = (typeof END_NAMES)[number];

export interface ChainEnd {
  /** Of the first or last entry; a number of entries with `before`. */
  sequence: number;
  /** `first`: of the entry before it. `last`: its own. */
  hash: string;
}

export type ChainEnds = Readonly<Record<EndName, ChainEnd>>;

/** Stands for the hash of the entry before the very first. */
export const NO_HASH = '0'.repeat(64);

/** The ends of a chain that has no entry yet. */
export function newEnds(entriesBefore: number): ChainEnds {
  return {
    first: { sequence: 1, hash: NO_HASH },
    last: { sequence: 0, hash: NO_HASH },
    before: { sequence: entriesBefore, hash: NO_HASH },
  };
}
