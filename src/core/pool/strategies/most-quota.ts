import { endOfWindow } from '../quota-window.js';
import type { Candidate } from './candidate.js';
import type { Strategy } from './strategy.js';

const DAY_MS = 24 * 3_600_000;
/** What is left in a quota's last minutes is not to be had in a burst. */
const SHORTEST_MS = 3_600_000;

/**
 * Most credits left for each day until the quota begins anew, less one for each request that runs; where nobody knows
 * when, that is with the next month (amazon-q.md §6.3). One whose quota nobody knows goes after those that have some,
 * before those that have none; equals go in turn.
 */
export const mostQuota: Strategy = {
  choose(candidates, { now }) {
    const nextMonth = endOfWindow('month', now);
    let [chosen] = candidates as [(typeof candidates)[number]];
    let most = creditsPerDay(chosen, now, nextMonth);
    for (const candidate of candidates) {
      const credits = creditsPerDay(candidate, now, nextMonth);
      if (credits > most || (credits === most && candidate.lastTurn < chosen.lastTurn)) {
        chosen = candidate;
        most = credits;
      }
    }
    return chosen;
  },
};

function creditsPerDay({ credits, inFlight }: Candidate, now: number, nextMonth: number): number {
  if (!credits) return 0;
  const { left, resetsAt = nextMonth } = credits;
  return ((left - inFlight) * DAY_MS) / Math.max(resetsAt - now, SHORTEST_MS);
}
