import type { Target } from '../target.js';
import { median } from './percentile.js';

/** One figure of one scenario, per target and per round. */
export interface Measure {
  scenario: string;
  name: string;
  unit: string;
  /** Digits after the point in the table. */
  digits: number;
  rounds: Partial<Record<Target, readonly number[]>>;
}

export interface Ratio {
  /** Gateway to pass-through, of the medians. */
  value: number;
  /** Smallest and largest of one round: how much the machine drifted. */
  least: number;
  most: number;
}

export function figureOf({ rounds }: Measure, target: Target): number | undefined {
  const values = rounds[target];
  return values && values.length > 0 ? median(values) : undefined;
}

/** Undefined where one of the two was not measured, or is nothing to divide by. */
export function ratioOf(measure: Measure): Ratio | undefined {
  const gateway = figureOf(measure, 'gateway');
  const passThrough = figureOf(measure, 'pass-through');
  if (gateway === undefined || passThrough === undefined || !(passThrough > 0)) {
    return undefined;
  }
  const perRound = (measure.rounds.gateway ?? []).map(
    (value, round) => value / (measure.rounds['pass-through']?.[round] ?? 0),
  );
  return { value: gateway / passThrough, least: Math.min(...perRound), most: Math.max(...perRound) };
}
