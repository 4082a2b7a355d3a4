import type { Candidate } from './candidate.js';
import type { Strategy } from './strategy.js';

/**
 * Smooth weighted round robin: with each turn everybody gains its share, and whoever has most goes, for the price of
 * all shares together. Over a cycle (all shares together) each goes exactly as often as its share says, as evenly
 * spread as can be. Who is not a candidate neither gains nor pays, so that nobody who comes back is overrun.
 */
export const weightedRoundRobin: Strategy = {
  choose(candidates) {
    return candidates.reduce((chosen, candidate) =>
      candidate.smooth + candidate.share > chosen.smooth + chosen.share ? candidate : chosen,
    );
  },

  took(candidates: readonly Candidate[], taken: Candidate) {
    let total = 0;
    for (const candidate of candidates) {
      candidate.smooth += candidate.share;
      total += candidate.share;
    }
    taken.smooth -= total;
  },
};
