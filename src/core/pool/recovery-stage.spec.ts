import { describe, expect, it } from '@jest/globals';
import { Breaker } from './breaker.js';
import { recoveryStage } from './recovery-stage.js';

const NOON = Date.UTC(2026, 10, 20, 12);

describe('the probes of an account whose breaker is open', () => {
  const breaker = new Breaker();
  breaker.failed({ isEnabled: true, threshold: 1, recoveryMs: 160_000 }, NOON, 0.5);
  const stageAfter = (seconds: number) => recoveryStage(breaker.snapshot, NOON + seconds * 1000);

  it.each([
    [0, 9.999, 0],
    [10, 19.999, 1],
    [20, 39.999, 2],
    [40, 79.999, 3],
    [80, 159.999, 4],
    [160, 319.999, 5],
    [320, 639.999, 6],
  ])('from %i s to %d s are %i', (from, to, stage) => {
    expect([stageAfter(from), stageAfter(to)]).toEqual([stage, stage]);
  });

  it('end with a time of nothing, and with a clock that is set back', () => {
    expect(recoveryStage({ ...breaker.snapshot, openUntil: breaker.snapshot.since }, NOON)).toBeLessThan(100);
    expect(stageAfter(-3600)).toBe(0);
  });
});
