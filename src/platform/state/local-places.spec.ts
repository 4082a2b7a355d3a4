import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { LocalPlaces } from './local-places.js';
import type { PlaceLimits } from './places.js';

function openRoom() {
  const clock = new TestClock();
  const places = new LocalPlaces(clock);
  const take = (name: string, limits: PlaceLimits) => {
    const answer = places.take(name, limits);
    return 'place' in answer ? answer.place : answer.refused;
  };
  return { clock, places, take };
}

describe('LocalPlaces', () => {
  it('gives so many out at once, and one more when one came back', async () => {
    const { places, take } = openRoom();
    const first = places.add('one', { atOnce: 2 });
    expect(take('one', { atOnce: 2 })).toHaveProperty('leave');
    expect(take('one', { atOnce: 2 })).toEqual({ limit: 'atOnce' });
    expect(await first.leave()).toBe(true);
    expect(take('one', { atOnce: 2 })).toHaveProperty('leave');
  });

  it('tells whether nobody could take one before, and takes the same back once only', async () => {
    const { places, take } = openRoom();
    const [first, second] = [places.add('one', { atOnce: 2 }), places.add('one', { atOnce: 2 })];
    expect([await first.leave(), await second.leave()]).toEqual([true, false]);
    expect(await first.leave()).toBe(false);
    expect([take('one', { atOnce: 1 }), take('one', { atOnce: 1 })]).toEqual([
      expect.objectContaining({ leave: expect.any(Function) }),
      { limit: 'atOnce' },
    ]);
  });

  it('gives so many out a minute, given back or not', async () => {
    const { clock, places, take } = openRoom();
    await places.add('one', { perMinute: 2 }).leave();
    clock.advance(20);
    await places.add('one', { perMinute: 2 }).leave();
    expect(take('one', { perMinute: 2 })).toEqual({ limit: 'perMinute', freeInMs: 41_000 });
    clock.advance(41);
    expect(take('one', { perMinute: 2 })).toHaveProperty('leave');
  });

  it('takes no place of those at once for what counts in the minute only', async () => {
    const { places, take } = openRoom();
    const further = places.add('one', { perMinute: 5 });
    expect(take('one', { atOnce: 1, perMinute: 5 })).toHaveProperty('leave');
    expect(await further.leave()).toBe(false);
    expect(take('one', { atOnce: 1, perMinute: 5 })).toEqual({ limit: 'atOnce' });
  });

  it('keeps names apart, and takes any', () => {
    const { take } = openRoom();
    for (const name of ['one', 'other', '__proto__', 'constructor']) {
      expect(take(name, { atOnce: 1 })).toHaveProperty('leave');
      expect(take(name, { atOnce: 1 })).toEqual({ limit: 'atOnce' });
    }
  });

  it('keeps nothing of names that nobody uses any more, and all of those that are in use', async () => {
    const { clock, places } = openRoom();
    const kept = places.add('kept', { atOnce: 1 });
    for (let index = 0; index < 999; index++) await places.add(`${index}`, { atOnce: 1 }).leave();
    clock.advance(120);
    for (let index = 0; index < 5_000; index++) await places.add(`later ${index}`, { atOnce: 1 }).leave();
    clock.advance(120);
    for (let index = 0; index < 5_000; index++) await places.add(`last ${index}`, { atOnce: 1 }).leave();
    expect(places.size).toBeLessThanOrEqual(7_000);
    expect(places.refusal('kept', { atOnce: 1 })).toEqual({ limit: 'atOnce' });
    await kept.leave();
    expect(places.refusal('kept', { atOnce: 1 })).toBeUndefined();
  });
});
