import type { Candidate } from './candidate.js';
import type { Strategy } from './strategy.js';

/**
 * Turns that were not its own leave an account in debt for so many cycles at most: those that go on with their
 * conversations are made up for, but nobody waits for hours because of one long conversation.
 */
const MOST_CYCLES_IN_DEBT = 10;

/**
 * Smooth weighted round robin: with each turn everybody gains its share, and whoever has most goes, for the price of
 * all shares together. Over a cycle (all shares together) each goes exactly as often as its share says, as evenly
 * spread as can be. Who is not a candidate neither gains nor pays, so that nobody who comes back is overrun.
 */
export const weightedRoundRobin: Strategy = {
  choose(candidates) {
    let [chosen] = candidates as [(typeof candidates)[number]];
    let most = chosen.smooth + chosen.share;
    for (const candidate of candidates) {
      const standing = candidate.smooth + candidate.share;
      if (standing > most) {
        chosen = candidate;
        most = standing;
      }
    }
    return chosen;
  },

  took(candidates: readonly Candidate[], taken: Candidate) {
    let total = 0;
    let isAmongThem = false;
    for (const candidate of candidates) {
      candidate.smooth += candidate.share;
      total += candidate.share;
      isAmongThem ||= candidate === taken;
    }
    const before = isAmongThem ? taken.smooth - taken.share : taken.smooth;
    if (isAmongThem && before > -total * MOST_CYCLES_IN_DEBT) taken.smooth -= total;
    // It was nobody's turn: one of another priority was taken, or one that is too far in debt.
    else for (const candidate of candidates) candidate.smooth -= candidate.share;
  },
};
