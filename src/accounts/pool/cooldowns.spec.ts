import { describe, expect, it } from '@jest/globals';
import { memberOf } from '../../../test/support/pool-members.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { GatewayError } from '../../core/errors.js';
import type { FailureClass } from '../../core/pool/failure.js';
import { Chance } from '../../platform/chance.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { Cooldowns } from './cooldowns.service.js';
import type { LeaseOutcome } from './lease.js';
import type { Roster } from './roster.service.js';
import type { WaitingLine } from './waiting-line.service.js';

class MiddlingChance extends Chance {
  override next(): number {
    return 0.5;
  }
}

function failed(failureClass: FailureClass, retryAfter?: number): LeaseOutcome {
  const failure = { class: failureClass, retry: 'other-account' as const, retryAfter };
  return { status: 'error', error: new GatewayError('rate_limit', 'slow', { failure }) };
}

/** Two replicas with one account; their clocks need not agree. */
function replicas() {
  const clocks = [new TestClock(), new TestClock(Date.UTC(2026, 10, 20, 11, 59))] as const;
  const state = new MemoryStateStore();
  const [here, there] = clocks.map((clock) => {
    const member = memberOf('one');
    const line = { wakes: 0, wake: () => line.wakes++ };
    const roster = { find: (id: string) => (id === 'one' ? member : undefined) } as Roster;
    const chance = new MiddlingChance();
    const cooldowns = new Cooldowns(roster, line as unknown as WaitingLine, state, clock, chance);
    const left = () => Math.max(member.coolingUntil - clock.now(), 0);
    return { clock, member, line, cooldowns, left };
  });
  if (!here || !there) throw new Error('two replicas');
  return { state, here, there };
}

describe('a rate limit that one replica is told of', () => {
  it('keeps the account alone on all of them for as long, whatever their clocks say', async () => {
    const { here, there } = replicas();
    here.cooldowns.ended(here.member, failed('rate_limit', 30), here.clock.now());
    await Promise.resolve();
    expect([here.left(), there.left()]).toEqual([30_000, 30_000]);
  });

  it('is longer the next time, and short again after an answer', async () => {
    const { here, there } = replicas();
    const told: number[] = [];
    for (const outcome of [failed('rate_limit'), failed('rate_limit'), failed('transient'), failed('rate_limit')]) {
      here.cooldowns.ended(here.member, outcome, here.clock.now());
      await Promise.resolve();
      told.push(there.left());
      for (const { clock } of [here, there]) clock.advance(60);
    }
    here.cooldowns.ended(here.member, { status: 'success' }, here.clock.now());
    here.cooldowns.ended(here.member, failed('rate_limit'), here.clock.now());
    await Promise.resolve();
    expect([...told, there.left()]).toEqual([1_000, 2_000, 0, 4_000, 1_000]);
  });

  it('ends everywhere when an operator says so, and who waits looks at once', async () => {
    const { here, there } = replicas();
    here.cooldowns.ended(here.member, failed('rate_limit', 30), here.clock.now());
    await Promise.resolve();
    there.cooldowns.end('one');
    expect(there.left()).toBe(0);
    await Promise.resolve();
    expect(here.left()).toBe(0);
    expect(here.line.wakes).toBeGreaterThan(0);
    expect(there.line.wakes).toBeGreaterThan(0);
  });

  it.each(['', '5', '5 nobody', '-5 one', 'NaN one', '99999999999999999999 one x'])(
    'is none when the message makes no sense: %j',
    async (message) => {
      const { state, here } = replicas();
      state.publish('cooldown', message);
      await Promise.resolve();
      expect(here.left()).toBe(0);
    },
  );
});
