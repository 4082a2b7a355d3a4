import { ADDED, type UsageSum } from '../rollups/usage-sum.js';
import { StepCounts } from './step-counts.js';

const PARTS = [0.5, 0.9, 0.95, 0.99];

/** Of the times that requests took, in milliseconds; null: no request has one. */
export interface Percentiles {
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}

/** What requests took together. Cost in US dollars. */
export type UsageFigures = Record<(typeof ADDED)[number], number> & {
  /** From the request's beginning to its end, of those without error. */
  latencyMs: Percentiles;
  timeToFirstTokenMs: Percentiles;
};

/** Sums, added up. */
export class UsageTotal {
  private readonly added: Record<(typeof ADDED)[number], number> = {
    requests: 0,
    errors: 0,
    cancelled: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    credits: 0,
    cost: 0,
  };
  private readonly durations = new StepCounts();
  private readonly firstTokens = new StepCounts();

  get requests(): number {
    return this.added.requests;
  }

  /** @param factor -1: takes them away */
  add(sum: UsageSum, factor: 1 | -1 = 1): void {
    for (const name of ADDED) this.added[name] += factor * sum[name];
    this.durations.add(sum.durations, factor);
    this.firstTokens.add(sum.firstTokens, factor);
  }

  /** As if nothing had been added. */
  clear(): void {
    for (const name of ADDED) this.added[name] = 0;
    this.durations.clear();
    this.firstTokens.clear();
  }

  figures(): UsageFigures {
    const figures = { ...this.added };
    for (const name of ADDED) figures[name] = shown(figures[name]);
    return {
      ...figures,
      latencyMs: percentilesOf(this.durations),
      timeToFirstTokenMs: percentilesOf(this.firstTokens),
    };
  }
}

/** Sums of fractions end in noise; what was taken away may be just below nothing. */
function shown(value: number): number {
  return Number.isInteger(value) ? Math.max(0, value) : Math.max(0, Math.round(value * 1e9) / 1e9);
}

function percentilesOf(counts: StepCounts): Percentiles {
  const [p50, p90, p95, p99] = counts.percentiles(PARTS);
  return { p50: milliseconds(p50), p90: milliseconds(p90), p95: milliseconds(p95), p99: milliseconds(p99) };
}

function milliseconds(exact: number | undefined): number | null {
  return exact === undefined ? null : Math.round(exact * 10) / 10;
}
