import { describe, expect, it } from '@jest/globals';
import { memberOf } from '../../../test/support/pool-members.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { freeAt, fullnessOf } from '../../core/pool/availability.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import type { StateStore } from '../../platform/state/state-store.js';
import type { Account } from '../account.js';
import { AccountPlaces } from './account-places.service.js';
import type { Roster } from './roster.service.js';
import type { WaitingLine } from './waiting-line.service.js';

/** One replica with one account. */
function replicaOf(state: StateStore, clock: TestClock, limits: Partial<Account>) {
  const member = memberOf('one', limits);
  const line = { wakes: 0, wake: () => line.wakes++ };
  const roster = { find: (id: string) => (id === 'one' ? member : undefined) };
  const places = new AccountPlaces(state, roster as Roster, line as unknown as WaitingLine, clock);
  return { member, line, places };
}

function replicas(limits: Partial<Account>) {
  const clock = new TestClock();
  const state = new MemoryStateStore(clock);
  return { clock, state, here: replicaOf(state, clock, limits), there: replicaOf(state, clock, limits) };
}

describe('the places on an account', () => {
  it('are all replicas’ together: one that others filled is full here, and asked again in a second', async () => {
    const { clock, here, there } = replicas({ maxConcurrent: 1 });
    expect(await there.places.take(there.member)).toBeDefined();
    expect(await here.places.take(here.member)).toBeUndefined();
    expect(fullnessOf(here.member, clock.now())).toBe('max_concurrent');
    expect(freeAt(here.member, clock.now())).toBe(clock.now() + 1_000);
    clock.advance(1);
    expect(fullnessOf(here.member, clock.now())).toBeUndefined();
  });

  it('that one gives back are told to the others, whose line looks at once', async () => {
    const { clock, here, there } = replicas({ maxConcurrent: 1 });
    const place = await there.places.take(there.member);
    await here.places.take(here.member);
    await there.places.leave(there.member, place);
    await Promise.resolve();
    expect(fullnessOf(here.member, clock.now())).toBeUndefined();
    expect([here.line.wakes, there.line.wakes]).toEqual([1, 1]);
    expect(await here.places.take(here.member)).toBeDefined();
  });

  it('wake nobody elsewhere who was not told that they are taken', async () => {
    const { here, there } = replicas({ maxConcurrent: 5 });
    await there.places.leave(there.member, await there.places.take(there.member));
    await Promise.resolve();
    expect([here.line.wakes, there.line.wakes]).toEqual([0, 1]);
  });

  it('of a minute are there again when the minute says so, not before', async () => {
    const { clock, here, there } = replicas({ requestsPerMinute: 1 });
    const place = await there.places.take(there.member);
    expect(await here.places.take(here.member)).toBeUndefined();
    expect(fullnessOf(here.member, clock.now())).toBe('requests_per_minute');
    await there.places.leave(there.member, place);
    await Promise.resolve();
    expect(freeAt(here.member, clock.now())).toBe(clock.now() + 61_000);
    clock.advance(61);
    expect(await here.places.take(here.member)).toBeDefined();
  });

  it('cost nothing to give back on an account without limits, and wake the line all the same', async () => {
    const { here } = replicas({});
    await here.places.leave(here.member, undefined);
    expect(here.line.wakes).toBe(1);
  });

  it('survive a message about an account that is not there', () => {
    const { state, here } = replicas({ maxConcurrent: 1 });
    state.publish('account-room', 'nobody');
    expect(here.line.wakes).toBe(0);
  });
});
