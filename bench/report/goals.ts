import { type Measure, ratioOf } from './measure.js';

export const requestsPerSecond = 'requests per second';
export const requestsPerCpuSecond = 'requests per CPU second';

/** Least share of the pass-through's requests per second. */
const goals: Record<string, number> = { 'stream-200': 0.4, short: 0.25 };

/**
 * Says of each goal whether it is met. Both must reach it: what the clock says, and what the proxy's own CPU time says,
 * since the load side may be what holds the pass-through back.
 */
export function judgeGoals(measures: readonly Measure[]): string[] {
  return Object.entries(goals).flatMap(([scenario, least]) => {
    const ratios = [requestsPerSecond, requestsPerCpuSecond].flatMap((name) => {
      const measure = measures.find((candidate) => candidate.scenario === scenario && candidate.name === name);
      const ratio = measure && ratioOf(measure);
      return ratio ? [ratio.value] : [];
    });
    if (ratios.length === 0) {
      return [];
    }
    const verdict = ratios.every((ratio) => ratio >= least) ? 'met' : 'not met';
    const found = ratios.map((ratio) => `${ratio.toFixed(2)}×`).join(' by the clock, ');
    return [`${scenario} ≥ ${least}×: ${verdict} (${found}${ratios.length > 1 ? ' by CPU time' : ''})`];
  });
}
