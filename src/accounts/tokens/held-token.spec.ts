import { describe, expect, it } from '@jest/globals';
import { holdToken, spreadOf } from './held-token.js';

const seconds = (value: number) => value * 1000;

describe('holdToken', () => {
  it.each([
    { name: 'an hour, renewed ahead', life: 3600, ahead: 300, renewAt: 3300, uselessAt: 3570 },
    { name: 'an hour, a time ahead too short to be of use', life: 3600, ahead: 5, renewAt: 3540, uselessAt: 3570 },
    { name: 'shorter than the time ahead: at half of its life', life: 200, ahead: 300, renewAt: 100, uselessAt: 170 },
    { name: 'very short: a quarter is left unused', life: 20, ahead: 300, renewAt: 10, uselessAt: 15 },
    { name: 'nothing at all', life: 0, ahead: 300, renewAt: 0, uselessAt: 0 },
  ])('$name', ({ life, ahead, renewAt, uselessAt }) => {
    expect(holdToken('token', { expiresAt: seconds(life), obtainedAt: 0 }, seconds(ahead), 0)).toMatchObject({
      renewAt: seconds(renewAt),
      uselessAt: seconds(uselessAt),
    });
  });

  it('keeps to the time ahead where nobody knows when the token was given', () => {
    const life = { expiresAt: seconds(100), obtainedAt: undefined };
    expect(holdToken('token', life, seconds(300), 0).renewAt).toBe(seconds(-200));
  });

  it.each([
    { share: 0, renewAt: 3300 },
    { share: 0.5, renewAt: 3390 },
    { share: 1, renewAt: 3480 },
  ])('spreads renewals over the time ahead, with some left to try again: $share', ({ share, renewAt }) => {
    const life = { expiresAt: seconds(3600), obtainedAt: 0 };
    expect(holdToken('token', life, seconds(300), share).renewAt).toBe(seconds(renewAt));
  });

  it.each([
    { ahead: 1, spread: 20 },
    { ahead: 300, spread: 180 },
    { ahead: 2_000_000, spread: 1180 },
  ])('takes no longer to come round than tokens live: $ahead', ({ ahead, spread }) => {
    expect(spreadOf(seconds(ahead))).toBe(seconds(spread));
  });
});
