import type { Strategy } from './strategy.js';

/** Fewest in flight, then fewest served (contract §10.8). */
export const leastUsed: Strategy = {
  choose(candidates) {
    let [chosen] = candidates as [(typeof candidates)[number]];
    for (const candidate of candidates) {
      const difference = candidate.inFlight - chosen.inFlight || candidate.served - chosen.served;
      if (difference < 0) chosen = candidate;
    }
    return chosen;
  },
};
