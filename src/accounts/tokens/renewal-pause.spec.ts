import { describe, expect, it } from '@jest/globals';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import { renewalFailed } from './renewal-errors.js';
import { pauseAfter, type RenewalPause } from './renewal-pause.js';

const failed = renewalFailed(undefined);
const asksFor = (retryAfter: number) => renewalFailed(new TokenRenewalError('slow_down', 'Slower', { retryAfter }));

describe('pauseAfter', () => {
  it('doubles with each failure in a row, up to a minute', () => {
    const pauses: number[] = [];
    let pause: RenewalPause | undefined;
    for (let failure = 0; failure < 2_000; failure++) {
      pause = pauseAfter(pause, failed, 0, 0);
      pauses.push(pause.until / 1000);
    }
    expect(pauses.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(pauses.at(-1)).toBe(60);
  });

  it.each([
    { share: 0, seconds: 1 },
    { share: 0.5, seconds: 0.75 },
    { share: 1, seconds: 0.5 },
  ])('is up to half shorter by chance: $share', ({ share, seconds }) => {
    expect(pauseAfter(undefined, failed, 0, share).until).toBe(seconds * 1000);
  });

  it.each([
    { asked: 30, seconds: 30 },
    { asked: 0.1, seconds: 1 },
    { asked: 86_400, seconds: 900 },
  ])('is as long as the endpoint asks for, within bounds: $asked s', ({ asked, seconds }) => {
    expect(pauseAfter(undefined, asksFor(asked), 0, 0).until).toBe(seconds * 1000);
  });
});
