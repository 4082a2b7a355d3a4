import { describe, expect, it } from '@jest/globals';
import { renewalFailed } from './renewal-errors.js';
import { pauseAfter, type RenewalPause } from './renewal-pause.js';

describe('pauseAfter', () => {
  it('doubles with each failure in a row, up to a minute', () => {
    const error = renewalFailed(undefined);
    const pauses: number[] = [];
    let pause: RenewalPause | undefined;
    for (let failure = 0; failure < 9; failure++) {
      pause = pauseAfter(pause, error, 0);
      pauses.push(pause.until / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });
});
