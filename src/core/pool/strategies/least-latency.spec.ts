import { describe, expect, it } from '@jest/globals';
import { candidate, NOON, Turns, tally } from '../../../../test/support/candidates.js';
import { LatencyAverage } from '../latency-average.js';
import { leastLatency } from './least-latency.js';

function measured(milliseconds: number, at = NOON): LatencyAverage {
  const latency = new LatencyAverage();
  latency.measured(milliseconds, at);
  return latency;
}

describe('least latency', () => {
  it('takes the faster of two', () => {
    const pool = [candidate('slow', { latency: measured(900) }), candidate('fast', { latency: measured(300) })];
    expect(tally(new Turns(leastLatency).run(pool, 50))).toEqual({ fast: 50 });
  });

  it('but not when it is busier by more than it is faster', () => {
    const slow = candidate('slow', { latency: measured(900) });
    const fast = candidate('fast', { latency: measured(300), inFlight: 1 });
    const turns = new Turns(leastLatency);
    expect(turns.choose([slow, fast])).toBe(fast);
    fast.inFlight = 3;
    expect(turns.choose([slow, fast])).toBe(slow);
  });

  it('looks at two only: the slowest is never taken, the fastest not always', () => {
    const pool = [100, 200, 300, 400].map((ms) => candidate(`${ms}`, { latency: measured(ms) }));
    const counts = tally(new Turns(leastLatency).run(pool, 6_000));
    expect(counts['400']).toBeUndefined();
    // Of six pairs three have the first, two the second without the first, one has neither.
    for (const [id, expected] of Object.entries({ 100: 3_000, 200: 2_000, 300: 1_000 })) {
      expect(Math.abs((counts[id] ?? 0) - expected)).toBeLessThan(0.1 * expected);
    }
  });

  it('tries one that nobody measured, but sends it no more at once than another', () => {
    const known = candidate('known', { latency: measured(1) });
    const newcomer = candidate('new');
    const turns = new Turns(leastLatency);
    for (let request = 0; request < 10; request++) {
      const chosen = turns.choose([known, newcomer]);
      turns.take([known, newcomer], chosen);
      chosen.inFlight++;
    }
    expect([newcomer.inFlight, known.inFlight]).toEqual([5, 5]);
  });

  it('tries a slow one again after some time, and sooner the less slow it was', () => {
    const triedAfter = (milliseconds: number) => {
      const turns = new Turns(leastLatency);
      const slow = candidate('slow', { latency: measured(milliseconds) });
      for (let second = 1; ; second++) {
        turns.now = NOON + second * 1000;
        if (turns.choose([slow, candidate('fast', { latency: measured(500, turns.now) })]) === slow) return second;
      }
    };
    expect([900, 3_900, 15_900, 1_000_000].map(triedAfter)).toEqual([9, 30, 50, 60]);
  });
});
