import { leastLatency } from './least-latency.js';
import { leastUsed } from './least-used.js';
import { mostQuota } from './most-quota.js';
import { random } from './random.js';
import { roundRobin } from './round-robin.js';
import type { Strategy } from './strategy.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

/** By the names of `LOAD_BALANCE_STRATEGY` (contract §2). */
export const STRATEGY_NAMES = [
  'round_robin',
  'weighted_round_robin',
  'least_used',
  'random',
  'least_latency',
  'most_quota',
] as const;
export type StrategyName = (typeof STRATEGY_NAMES)[number];

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  round_robin: roundRobin,
  weighted_round_robin: weightedRoundRobin,
  least_used: leastUsed,
  random,
  least_latency: leastLatency,
  most_quota: mostQuota,
};
