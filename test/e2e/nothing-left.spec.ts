import { describe, expect, it } from '@jest/globals';
import { findLeaks } from '../soak/pool/leaks/find-leaks.js';

describe('requests that end in every possible way', () => {
  // `npm run soak:pool -- --part leaks` sends ten thousand.
  it('leave no lease, no answer, no connection, nobody waiting and nothing that grows', async () => {
    const { problems, ends, left } = await findLeaks({ requests: 300, seed: 20_261_121 });
    expect(problems).toEqual([]);
    expect(Object.keys(ends)).toEqual(
      expect.arrayContaining(['whole, 200', 'whole, 502', 'left sending', 'left waiting', 'left reading, 200']),
    );
    expect(left).toMatchObject({ 'leases in flight': 0, 'connections upstream after the end': 0 });
  }, 60_000);
});
