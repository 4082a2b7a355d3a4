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
  /** Gateway to pass-through: the median of the rounds' own ratios, so that a machine that drifts does not tilt it. */
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
  const passThrough = measure.rounds['pass-through'] ?? [];
  const perRound = (measure.rounds.gateway ?? []).flatMap((value, round) => {
    const beside = passThrough[round];
    return beside !== undefined && beside > 0 ? [value / beside] : [];
  });
  if (perRound.length === 0) {
    return undefined;
  }
  return { value: median(perRound), least: Math.min(...perRound), most: Math.max(...perRound) };
}
