import type { Candidate } from './candidate.js';
import type { Strategy } from './strategy.js';

/**
 * Of two taken by chance the one that would answer sooner: by its average, times those it is busy with. Two random
 * choices keep everybody from running to the same one between two measurements.
 */
export const leastLatency: Strategy = {
  choose(candidates, { now, chance }) {
    const count = candidates.length;
    const first = Math.floor(chance() * count);
    if (count === 1) return at(candidates, 0);
    const second = (first + 1 + Math.floor(chance() * (count - 1))) % count;
    const [one, other] = [at(candidates, first), at(candidates, second)];
    return isSooner(other, one, now) ? other : one;
  },
};

/** Where nothing is known of one of them, it counts as fast as the other, and of two as busy goes first. */
function isSooner(one: Candidate, other: Candidate, now: number): boolean {
  const [latency, otherLatency] = [one.latency.at(now), other.latency.at(now)];
  if (latency !== undefined && otherLatency !== undefined) {
    return latency * (one.inFlight + 1) < otherLatency * (other.inFlight + 1);
  }
  const difference = one.inFlight - other.inFlight;
  return difference === 0 ? latency === undefined && otherLatency !== undefined : difference < 0;
}

function at<C>(candidates: readonly C[], index: number): C {
  return candidates[index] as C;
}
