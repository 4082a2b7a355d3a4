import { describe, expect, it } from '@jest/globals';
import { LatencyAverage } from './latency-average.js';

const NOON = Date.UTC(2026, 0, 15, 12);

describe('LatencyAverage', () => {
  it('knows nothing before the first measurement, and that one whole', () => {
    const latency = new LatencyAverage();
    expect(latency.at(NOON)).toBeUndefined();
    latency.measured(800, NOON);
    expect(latency.at(NOON)).toBe(800);
  });

  it('halves within ten seconds in which nobody measures', () => {
    const latency = new LatencyAverage();
    latency.measured(800, NOON);
    expect([10, 20, 30, 59].map((second) => latency.at(NOON + second * 1000))).toEqual([
      400,
      200,
      100,
      expect.closeTo(13.4, 1),
    ]);
  });

  it('forgets after a minute', () => {
    const latency = new LatencyAverage();
    latency.measured(800, NOON);
    expect(latency.at(NOON + 60_000)).toBeUndefined();
  });

  it('weighs what was measured before by how long ago that was', () => {
    const latency = new LatencyAverage();
    latency.measured(800, NOON);
    latency.measured(200, NOON + 10_000);
    expect(latency.at(NOON + 10_000)).toBe(500);
    latency.measured(100, NOON + 1_000_000);
    expect(latency.at(NOON + 1_000_000)).toBeCloseTo(100, 5);
  });

  it('follows a change within some ten requests, however many there are in a second', () => {
    const latency = new LatencyAverage();
    for (let request = 0; request < 100; request++) latency.measured(100, NOON + request);
    for (let request = 0; request < 20; request++) latency.measured(5_000, NOON + 100);
    expect(latency.at(NOON + 100)).toBeGreaterThan(4_000);
  });

  it('is not confused by a clock that is set back', () => {
    const latency = new LatencyAverage();
    latency.measured(800, NOON);
    expect(latency.at(NOON - 3_600_000)).toBe(800);
    latency.measured(400, NOON - 3_600_000);
    expect(latency.at(NOON - 3_600_000)).toBe(760);
  });
});
