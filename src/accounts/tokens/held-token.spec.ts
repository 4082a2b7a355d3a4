import { describe, expect, it } from '@jest/globals';
import { holdToken } from './held-token.js';

const seconds = (value: number) => value * 1000;

describe('holdToken', () => {
  it.each([
    { name: 'an hour, renewed ahead', life: 3600, ahead: 300, renewAt: 3300, uselessAt: 3570 },
    { name: 'an hour, ahead shorter than the margin', life: 3600, ahead: 5, renewAt: 3570, uselessAt: 3570 },
    { name: 'shorter than the time ahead: at half of its life', life: 200, ahead: 300, renewAt: 100, uselessAt: 170 },
    { name: 'very short: a quarter is left unused', life: 20, ahead: 300, renewAt: 10, uselessAt: 15 },
    { name: 'nothing at all', life: 0, ahead: 300, renewAt: 0, uselessAt: 0 },
  ])('$name', ({ life, ahead, renewAt, uselessAt }) => {
    expect(holdToken('token', seconds(life), 0, seconds(ahead))).toMatchObject({
      renewAt: seconds(renewAt),
      uselessAt: seconds(uselessAt),
    });
  });

  it('keeps to the time ahead where nobody knows when the token was given', () => {
    expect(holdToken('token', seconds(100), undefined, seconds(300)).renewAt).toBe(seconds(-200));
  });
});
