import type { Strategy } from './strategy.js';

/**
 * Whoever has waited longest. Unlike a cursor over a list this stays fair when each request has other candidates:
 * nobody inherits the turns of a neighbour that does not list the model.
 */
export const roundRobin: Strategy = {
  choose(candidates) {
    let [chosen] = candidates as [(typeof candidates)[number]];
    for (const candidate of candidates) if (candidate.lastTurn < chosen.lastTurn) chosen = candidate;
    return chosen;
  },
};
