import { describe, expect, it } from '@jest/globals';
import { LAST_STEP, millisecondsOf, stepOf } from '../../core/limits/latency-scale.js';
import { StepCounts } from './step-counts.js';

const percentile = (counts: StepCounts, part: number) => counts.percentiles([part])[0];

const packed = (...times: number[]) => {
  const counts = new Map<number, number>();
  for (const ms of times) counts.set(stepOf(ms), (counts.get(stepOf(ms)) ?? 0) + 1);
  return JSON.stringify(Object.fromEntries(counts));
};

describe('counts of latency steps', () => {
  it('have no percentile when they are empty', () => {
    const counts = new StepCounts();
    counts.add('{}');
    expect(percentile(counts, 0.5)).toBeUndefined();
  });

  it('tell percentiles of everything added to them, within 5 %', () => {
    const counts = new StepCounts();
    const times = Array.from({ length: 1_000 }, (_, index) => 10 + index * 7);
    for (let start = 0; start < times.length; start += 100) counts.add(packed(...times.slice(start, start + 100)));
    for (const part of [0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
      const exact = times[Math.ceil(part * times.length) - 1] ?? Number.NaN;
      expect(Math.abs((percentile(counts, part) ?? 0) - exact) / exact).toBeLessThan(0.05);
    }
  });

  it('give back what was added', () => {
    const counts = new StepCounts();
    counts.add(packed(100, 100, 5_000));
    counts.add(packed(100, 5_000), -1);
    expect(percentile(counts, 1)).toBe(millisecondsOf(stepOf(100)));
    counts.add(packed(100), -1);
    expect(percentile(counts, 1)).toBeUndefined();
  });

  it.each(['', '{', '{"', '{"5"', '{"5":', 'null', '{"99999":3}'])('bear %j', (text) => {
    const counts = new StepCounts();
    counts.add(text);
    expect(percentile(counts, 1) ?? 0).toBeLessThanOrEqual(millisecondsOf(LAST_STEP));
  });
});
