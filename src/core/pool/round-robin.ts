export interface Candidate {
  /** Number of the turn in which it was chosen last; 0 for never. Turns only grow. */
  lastTurn: number;
}

/**
 * Whoever has waited longest. Unlike a cursor over a list this stays fair when each request has other candidates:
 * nobody inherits the turns of a neighbour that does not list the model.
 */
export function roundRobin<T extends Candidate>(candidates: readonly T[]): T | undefined {
  let chosen: T | undefined;
  for (const candidate of candidates) {
    if (!chosen || candidate.lastTurn < chosen.lastTurn) chosen = candidate;
  }
  return chosen;
}
