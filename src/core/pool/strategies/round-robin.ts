import type { Strategy } from './strategy.js';

/**
 * Whoever has waited longest. Unlike a cursor over a list this stays fair when each request has other candidates:
 * nobody inherits the turns of a neighbour that does not list the model.
 */
export const roundRobin: Strategy = {
  choose(candidates) {
    return candidates.reduce((chosen, candidate) => (candidate.lastTurn < chosen.lastTurn ? candidate : chosen));
  },
};
