import type { Strategy } from './strategy.js';

/** By chance, as often as its share says. */
export const random: Strategy = {
  choose(candidates, { chance }) {
    let total = 0;
    for (const { share } of candidates) total += share;
    let point = chance() * total;
    for (const candidate of candidates) {
      point -= candidate.share;
      if (point < 0) return candidate;
    }
    // What floating point left over.
    return candidates[candidates.length - 1] as (typeof candidates)[number];
  },
};
