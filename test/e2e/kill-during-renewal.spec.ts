import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { soak } from '../soak/kill-during-renewal/soak.js';

/** The built service: `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');

describe('a gateway that is killed around a renewal', () => {
  // `npm run soak:renewal` does this as often as one likes.
  it('works after its next start, or says that it needs a sign-in where the refresh token is really used up', async () => {
    // One kill after the answer, and one between the use of the refresh token and the answer.
    const { problems, outcomes } = await soak(ENTRY, { runs: 2, seed: 20_261_224 });
    expect(problems).toEqual([]);
    expect(outcomes.works + outcomes.needs_login).toBe(2);
  }, 60_000);
});
