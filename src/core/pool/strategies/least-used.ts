import type { Strategy } from './strategy.js';

/** Fewest in flight, then fewest served (contract §10.8). */
export const leastUsed: Strategy = {
  choose(candidates) {
    return candidates.reduce((chosen, candidate) => {
      const difference = candidate.inFlight - chosen.inFlight || candidate.served - chosen.served;
      return difference < 0 ? candidate : chosen;
    });
  },
};
