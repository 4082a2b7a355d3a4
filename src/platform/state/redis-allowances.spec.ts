import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { redisRoom } from '../../../test/support/allowance-room.js';
import { fakeIntervals } from '../../../test/support/fake-intervals.js';
import { describeWith } from '../../../test/support/services.js';
import { TestClock } from '../../../test/support/test-clock.js';
import type { Allowance, AllowanceLimits, Amount, Spent } from './allowance.js';
import { LocalAllowances } from './local-allowances.js';
import { RedisAllowances } from './redis-allowances.js';
import { RedisStateStore } from './redis-state-store.js';
import type { StateStore } from './state-store.js';

const NONE: Spent = { month: '2026-11', tokens: 0, cost: 0 };
const LIMITS: AllowanceLimits = { maxConcurrent: 1, monthlyTokenBudget: 100, tokensPerMinute: 10_000 };
const tokens = (amount: number): Amount => ({ tokens: amount, cost: 0 });

type Taker = Pick<StateStore, 'takeAllowance'>;

describeWith('redis', 'allowances that replicas take together', (url) => {
  let room: ReturnType<typeof redisRoom>;
  let redis: Redis;
  let name: string;

  beforeEach(() => {
    room = redisRoom(url);
    redis = room.redis;
    name = room.nameOf('key');
  });

  afterEach(async () => {
    await room.close();
  });

  async function ask(from: Taker, limits = LIMITS, estimate = tokens(40), spent = NONE): Promise<unknown> {
    const answer = await from.takeAllowance(name, limits, estimate, spent);
    return 'refused' in answer ? answer.refused.limit : 'let in';
  }

  async function take(from: Taker, limits = LIMITS, estimate = tokens(40), spent = NONE): Promise<Allowance> {
    const answer = await from.takeAllowance(name, limits, estimate, spent);
    if ('allowance' in answer) return answer.allowance;
    throw new Error(`refused by ${answer.refused.limit}`);
  }

  const key = (kind: string) => `amq-gateway:allowance:{${name}}:${kind}`;
  const spentTokens = () => redis.hget(key('months'), '2026-11:tokens');
  const heldTokens = () => redis.hget(key('months'), '2026-11:held-tokens');

  /** A replica whose line to Redis a test cuts: nothing gets there, or no answer comes back. */
  function cuttable() {
    const clock = new TestClock();
    const line = { isThere: true, isHeard: true };
    const allowances = new RedisAllowances(
      {
        redis,
        prefix: 'amq-gateway:',
        isReachable: () => line.isThere,
        attempt: async (command) => {
          const answer = line.isThere ? await command() : undefined;
          return line.isHeard ? answer : undefined;
        },
      },
      new LocalAllowances(clock),
      clock,
    );
    return { line, clock, allowances, takeAllowance: allowances.take.bind(allowances) };
  }

  it('gives back after a minute what a replica that died held: its place, and what it kept of the month', async () => {
    const late = await take(room.replica());
    await room.advance(59);
    expect(await ask(room.replica())).toBe('maxConcurrent');
    expect(await ask(room.replica(), { monthlyTokenBudget: 100 }, tokens(61))).toBe('monthlyTokenBudget');
    await room.advance(1);
    const next = await take(room.replica(), LIMITS, tokens(100));
    expect(await heldTokens()).toBe('100');
    // It was not dead.
    await late.settle(tokens(30));
    expect([await heldTokens(), await spentTokens()]).toEqual(['100', '30']);
    await next.settle(tokens(0));
    expect([await heldTokens(), await spentTokens()]).toEqual([null, '30']);
  });

  it('holds what is running for as long as it runs, also over a restart of Redis', async () => {
    fakeIntervals();
    try {
      const [replica, other] = [room.replica(), room.replica()];
      const running = await take(replica, LIMITS, tokens(90));
      await redis.del(key('running'), key('months'));
      jest.advanceTimersByTime(20_000);
      await replica.recall(['after that']);
      expect(await ask(other, LIMITS, tokens(5))).toBe('maxConcurrent');
      expect(await ask(other, { monthlyTokenBudget: 100 }, tokens(11))).toBe('monthlyTokenBudget');
      await room.advance(50);
      jest.advanceTimersByTime(20_000);
      await replica.recall(['after that']);
      await room.advance(50);
      expect(await ask(other, LIMITS, tokens(5))).toBe('maxConcurrent');
      await running.settle(tokens(10));
      expect(await ask(other, LIMITS, tokens(90))).toBe('let in');
    } finally {
      jest.useRealTimers();
    }
  });

  it('begins with what is stored when Redis lost all it knew', async () => {
    await (await take(room.replica())).settle(tokens(60));
    await redis.del(key('running'), key('months'), key('minute'));
    const stored = { ...NONE, tokens: 60 };
    expect(await ask(room.replica(), LIMITS, tokens(41), stored)).toBe('monthlyTokenBudget');
    const next = await take(room.replica(), LIMITS, tokens(40), stored);
    await next.settle(tokens(40));
    expect(await ask(room.replica(), LIMITS, tokens(1), stored)).toBe('monthlyTokenBudget');
  });

  it('books nothing in a month that Redis lost meanwhile: it is stored, and begun with', async () => {
    const running = await take(room.replica());
    await redis.del(key('running'), key('months'), key('minute'));
    await running.settle(tokens(60));
    expect(await redis.exists(key('months'))).toBe(0);
    expect(await ask(room.replica(), LIMITS, tokens(41), { ...NONE, tokens: 60 })).toBe('monthlyTokenBudget');
  });

  it('keeps nothing of a month for those who are no longer known to run', async () => {
    await take(room.replica(), LIMITS, tokens(90));
    await redis.del(key('running'));
    expect(await ask(room.replica(), LIMITS, tokens(100))).toBe('let in');
    expect(await heldTokens()).toBe('100');
  });

  it('keeps all of a name in one slot of a cluster, and nothing of it for good', async () => {
    await (await take(room.replica(), { ...LIMITS, requestsPerMinute: 5 })).settle(tokens(10));
    await take(room.replica(), { ...LIMITS, requestsPerMinute: 5 });
    const keys = await redis.keys(`amq-gateway:*${name}*`);
    expect(keys.sort()).toEqual([key('minute'), key('months'), key('running')]);
    expect(await redis.ttl(key('minute'))).toBeLessThanOrEqual(62);
    for (const each of keys) expect(await redis.ttl(each)).toBeGreaterThan(60);
    expect(await redis.ttl(key('months'))).toBeLessThanOrEqual(40 * 24 * 3600);
    await take(room.replica(), { monthlyTokenBudget: 1_000 }, tokens(1), { ...NONE, month: '2026-12' });
    expect((await redis.hkeys(key('months'))).filter((field) => !field.startsWith('2026-12'))).toEqual([]);
    await room.advance(61);
    await take(room.replica(), { requestsPerMinute: 1 });
    expect(await redis.hlen(key('minute'))).toBe(1);
  });

  it('asks nothing of Redis to end what has nothing to be given back', async () => {
    const first = await take(room.replica(), { requestsPerMinute: 5 });
    const exact = await take(room.replica(), { tokensPerMinute: 500 });
    const asked = jest.mocked(redis.evalsha).mock.calls.length;
    await first.settle(tokens(10));
    await exact.settle(tokens(40));
    expect(jest.mocked(redis.evalsha).mock.calls.length).toBe(asked);
  });

  it('lets this process have what it did itself while Redis is away, and tells Redis afterwards, once', async () => {
    const here = cuttable();
    const before = await take(here);
    here.line.isThere = false;
    expect(await ask(here)).toBe('maxConcurrent');
    await before.settle(tokens(30));
    const meanwhile = await take(here, LIMITS, tokens(70));
    expect(await ask(here, { monthlyTokenBudget: 100 }, tokens(1))).toBe('monthlyTokenBudget');
    await meanwhile.settle(tokens(20));
    const after = await take(here, LIMITS, tokens(50));
    expect([await spentTokens(), await heldTokens()]).toEqual(['0', '40']);
    here.line.isThere = true;
    expect(await ask(here, { ...LIMITS, maxConcurrent: 2 }, tokens(60))).toBe('monthlyTokenBudget');
    expect([await spentTokens(), await heldTokens()]).toEqual(['50', '50']);
    await after.settle(tokens(50));
    expect(await ask(room.replica(), LIMITS, tokens(1))).toBe('monthlyTokenBudget');
    here.allowances.stop();
  });

  it('goes on counting what it let in while Redis was away, until that is over or Redis knows of it', async () => {
    const here = cuttable();
    const limits = { maxConcurrent: 1, requestsPerMinute: 3 };
    here.line.isThere = false;
    const meanwhile = await take(here, limits);
    here.line.isThere = true;
    expect(await ask(here, limits)).toBe('maxConcurrent');
    await redis.ping();
    expect(await ask(room.replica(), limits)).toBe('maxConcurrent');
    await meanwhile.settle(tokens(40));
    for (let more = 0; more < 2; more++) await (await take(here, limits)).settle(tokens(40));
    expect(await ask(here, limits)).toBe('requestsPerMinute');
    here.clock.advance(61);
    expect(await ask(here, limits)).toBe('let in');
    here.allowances.stop();
  });

  it.each(['minute', 'running', 'months'])(
    'begins anew where something else is in the place of its %s',
    async (kind) => {
      const warn = jest.spyOn(Logger.prototype, 'warn');
      await redis.set(key(kind), 'text');
      const limits = { ...LIMITS, requestsPerMinute: 10 };
      const first = await take(room.replica(), limits);
      expect(await ask(room.replica(), limits)).toBe('maxConcurrent');
      await redis.del(key(kind));
      await redis.rpush(key(kind), 'list');
      await first.settle(tokens(10));
      expect(await ask(room.replica(), limits)).toBe('let in');
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    },
  );

  it('counts once what Redis heard and could not answer', async () => {
    const here = cuttable();
    const first = await take(here);
    here.line.isHeard = false;
    await first.settle(tokens(30));
    // Let in by Redis without a word, and by this process.
    const second = await take(here, LIMITS, tokens(70));
    expect([await spentTokens(), await heldTokens()]).toEqual(['30', '70']);
    // Let in by Redis without a word, and refused by this process.
    expect(await ask(here, { monthlyTokenBudget: 100_000, maxConcurrent: 1 }, tokens(99))).toBe('maxConcurrent');
    here.line.isHeard = true;
    await second.settle(tokens(10));
    expect(await ask(here, LIMITS, tokens(60))).toBe('let in');
    expect([await spentTokens(), await heldTokens()]).toEqual(['40', '60']);
    here.allowances.stop();
  });
});

describe('allowances while Redis is away', () => {
  it('are those that this process took, and nobody waits for Redis each time', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    // Nothing listens at the discard port.
    const state = new RedisStateStore('redis://127.0.0.1:9', new TestClock());
    let letIn = 0;
    for (let index = 0; index < 100; index++) {
      const answer = await state.takeAllowance('one', { requestsPerMinute: 60, maxConcurrent: 10 }, tokens(5), NONE);
      if (!('allowance' in answer)) continue;
      letIn++;
      if (index % 10) await answer.allowance.settle(tokens(5));
    }
    expect(letIn).toBe(60);
    expect(warn).toHaveBeenCalledTimes(1);
    await state.onApplicationShutdown();
    warn.mockRestore();
  });
});
