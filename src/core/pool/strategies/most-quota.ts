import type { Candidate } from './candidate.js';
import type { Strategy } from './strategy.js';

const DAY_MS = 24 * 3_600_000;
/** What is left in a quota's last minutes is not to be had in a burst. */
const SHORTEST_MS = 3_600_000;

/**
 * Most credits left for each day until the quota begins anew, less one for each request that runs. One whose quota
 * nobody knows goes after those that have some, before those that have none; equals go in turn.
 */
export const mostQuota: Strategy = {
  choose(candidates, { now }) {
    let [chosen] = candidates as [(typeof candidates)[number]];
    let most = creditsPerDay(chosen, now);
    for (const candidate of candidates) {
      const credits = creditsPerDay(candidate, now);
      if (credits > most || (credits === most && candidate.lastTurn < chosen.lastTurn)) {
        chosen = candidate;
        most = credits;
      }
    }
    return chosen;
  },
};

function creditsPerDay({ credits, inFlight }: Candidate, now: number): number {
  if (!credits) return 0;
  return ((credits.left - inFlight) * DAY_MS) / Math.max(credits.resetsAt - now, SHORTEST_MS);
}
