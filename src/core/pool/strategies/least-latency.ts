import type { Candidate } from './candidate.js';
import type { Circumstances, Strategy } from './strategy.js';

/**
 * Of two taken by chance the one that would answer sooner: by its average, times those it is busy with. Two random
 * choices keep everybody from running to the same one between two measurements.
 */
export const leastLatency: Strategy = {
  choose(candidates, circumstances) {
    const count = candidates.length;
    const first = Math.floor(circumstances.chance() * count);
    if (count === 1) return at(candidates, 0);
    const second = (first + 1 + Math.floor(circumstances.chance() * (count - 1))) % count;
    const [one, other] = [at(candidates, first), at(candidates, second)];
    return costOf(other, circumstances) < costOf(one, circumstances) ? other : one;
  },
};

function costOf({ latency, inFlight }: Candidate, { now }: Circumstances): number {
  return latency.at(now) * (inFlight + 1);
}

function at<C>(candidates: readonly C[], index: number): C {
  return candidates[index] as C;
}
