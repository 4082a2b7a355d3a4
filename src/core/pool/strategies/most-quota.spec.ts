import { describe, expect, it } from '@jest/globals';
import { candidate, NOON, Turns } from '../../../../test/support/candidates.js';
import { mostQuota } from './most-quota.js';

const DAY_MS = 24 * 3_600_000;
const inDays = (days: number) => NOON + days * DAY_MS;
const order = (...pool: ReturnType<typeof candidate>[]) => {
  const turns = new Turns(mostQuota);
  const left = [...pool];
  return pool.map(() => left.splice(left.indexOf(turns.choose(left)), 1)[0]?.id);
};

describe('most quota', () => {
  it('goes by what is left for each day until the quota begins anew', () => {
    const much = candidate('much, for long', { credits: { left: 1_000, resetsAt: inDays(20) } });
    const little = candidate('little, for today', { credits: { left: 100, resetsAt: inDays(1) } });
    const least = candidate('least', { credits: { left: 400, resetsAt: inDays(20) } });
    expect(order(least, much, little)).toEqual(['little, for today', 'much, for long', 'least']);
  });

  it('takes the last minutes of a quota for an hour', () => {
    const ending = candidate('ending', { credits: { left: 1, resetsAt: NOON + 1_000 } });
    const other = candidate('other', { credits: { left: 25, resetsAt: inDays(1) } });
    expect(order(ending, other)).toEqual(['other', 'ending']);
  });

  it('takes the beginning of a month for the end where nobody knows it', () => {
    // 16.5 days to February.
    const unknown = candidate('unknown', { credits: { left: 165 } });
    const more = candidate('more', { credits: { left: 11, resetsAt: inDays(1) } });
    const less = candidate('less', { credits: { left: 9, resetsAt: inDays(1) } });
    expect(order(less, unknown, more)).toEqual(['more', 'unknown', 'less']);
  });

  it('asks those of which nobody knows before those that have nothing left', () => {
    const spent = candidate('spent', { credits: { left: -1, resetsAt: inDays(1) } });
    const some = candidate('some', { credits: { left: 1, resetsAt: inDays(9) } });
    expect(order(spent, candidate('unknown'), some)).toEqual(['some', 'unknown', 'spent']);
  });

  it('counts what runs as spent, so that equals share what comes at once', () => {
    const pool = ['a', 'b', 'c'].map((id) => candidate(id, { credits: { left: 50, resetsAt: inDays(5) } }));
    const turns = new Turns(mostQuota);
    for (let request = 0; request < 9; request++) turns.choose(pool).inFlight++;
    expect(pool.map(({ inFlight }) => inFlight)).toEqual([3, 3, 3]);
  });

  it('lets equals take turns', () => {
    expect(new Turns(mostQuota).run([candidate('a'), candidate('b'), candidate('c')], 4)).toEqual(['a', 'b', 'c', 'a']);
  });
});
