import { describe, expect, it } from '@jest/globals';
import { unixSeconds } from './unix-seconds.js';

describe('unixSeconds', () => {
  it.each(['1970-01-01', '2000-02-29', '2024-02-29', '2024-03-01', '2025-12-31', '2026-10-07T00:00:00Z', '2100-03-01'])(
    'of %s is what the calendar says',
    (day) => {
      expect(unixSeconds(day)).toBe(Date.parse(day) / 1000);
    },
  );
});
