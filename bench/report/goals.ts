import { type Measure, ratioOf } from './measure.js';

export const requestsPerSecond = 'requests per second';
export const requestsPerCpuSecond = 'requests per CPU second';

/** Least share of the pass-through's requests per second. */
const goals: Record<string, number> = { 'stream-200': 0.4, short: 0.25 };

/** Says of each goal whether it is met, by the clock; the proxy's own CPU time beside it, as the load side may hold both back. */
export function judgeGoals(measures: readonly Measure[]): string[] {
  return Object.entries(goals).flatMap(([scenario, least]) => {
    const ratio = (name: string) => {
      const measure = measures.find((candidate) => candidate.scenario === scenario && candidate.name === name);
      return measure && ratioOf(measure)?.value;
    };
    const byClock = ratio(requestsPerSecond);
    if (byClock === undefined) {
      return [];
    }
    const byCpu = ratio(requestsPerCpuSecond);
    const beside = byCpu === undefined ? '' : `, by CPU time ${byCpu.toFixed(2)}×`;
    return [`${scenario} ≥ ${least}×: ${byClock >= least ? 'met' : 'not met'} (${byClock.toFixed(2)}×${beside})`];
  });
}
