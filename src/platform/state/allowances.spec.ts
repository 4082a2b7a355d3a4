import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AllowanceModel } from '../../../test/support/allowance-model.js';
import { type AllowanceRoom, memoryRoom, redisRoom } from '../../../test/support/allowance-room.js';
import { describeWith } from '../../../test/support/services.js';
import type { Allowance, AllowanceLimits, Amount, NoAllowance, Spent } from './allowance.js';

const NONE: Spent = { month: '2026-11', tokens: 0, cost: 0 };
const SMALL: Amount = { tokens: 30, cost: 0.03 };

describe('allowances in memory', () => holdsForAllowances(memoryRoom));
describeWith('redis', 'allowances on Redis', (url) => holdsForAllowances(() => redisRoom(url)));

function holdsForAllowances(openRoom: () => AllowanceRoom): void {
  let room: AllowanceRoom;

  beforeEach(() => {
    room = openRoom();
  });

  afterEach(async () => {
    await room.close();
  });

  async function ask(limits: AllowanceLimits, estimate = SMALL, spent = NONE): Promise<Allowance | NoAllowance> {
    const answer = await room.replica().takeAllowance('key', limits, estimate, spent);
    return 'allowance' in answer ? answer.allowance : answer.refused;
  }

  async function take(limits: AllowanceLimits, estimate = SMALL, spent = NONE): Promise<Allowance> {
    const answer = await ask(limits, estimate, spent);
    if ('settle' in answer) return answer;
    throw new Error(`refused by ${answer.limit}`);
  }

  it.each<[AllowanceLimits, number]>([
    [{ requestsPerMinute: 50 }, 50],
    [{ maxConcurrent: 7 }, 7],
    [{ tokensPerMinute: 1_000 }, 33],
    [{ monthlyTokenBudget: 1_000 }, 33],
    [{ monthlyCostBudget: 0.6 }, 20],
    [{ requestsPerMinute: 50, maxConcurrent: 40, tokensPerMinute: 900, monthlyCostBudget: 1.2 }, 30],
  ])('of 200 at once under %p lets %d in, and not one more', async (limits, allowed) => {
    const all = await Promise.all(Array.from({ length: 200 }, () => ask(limits)));
    expect(all.filter((each) => 'settle' in each)).toHaveLength(allowed);
    expect(await ask(limits)).toHaveProperty('limit');
  });

  it('takes nothing of any limit for one that is refused', async () => {
    const limits = { requestsPerMinute: 3, tokensPerMinute: 90, monthlyTokenBudget: 90, maxConcurrent: 1 };
    const first = await take(limits);
    for (let refused = 0; refused < 10; refused++) expect(await ask(limits)).toMatchObject({ limit: 'maxConcurrent' });
    await first.settle(SMALL);
    const second = await take(limits);
    expect(second.standings).toMatchObject({ requests: { remaining: 1 }, tokens: { remaining: 30 } });
  });

  it('tells how much of a minute is left and when all of it is there again', async () => {
    const limits = { requestsPerMinute: 10, tokensPerMinute: 100 };
    const first = await take(limits);
    expect(first.standings).toEqual({
      requests: { limit: 10, remaining: 9, resetMs: 61_000 },
      tokens: { limit: 100, remaining: 70, resetMs: 61_000 },
    });
    await room.advance(20);
    await take(limits);
    await room.advance(10);
    expect(await ask(limits, { tokens: 60, cost: 0 })).toEqual({
      limit: 'tokensPerMinute',
      freeInMs: 31_000,
      neverFits: false,
      standings: {
        requests: { limit: 10, remaining: 8, resetMs: 51_000 },
        tokens: { limit: 100, remaining: 40, resetMs: 51_000 },
      },
    });
    expect((await take({ maxConcurrent: 3 })).standings).toEqual({});
  });

  it('refills by time', async () => {
    const limits = { requestsPerMinute: 2, tokensPerMinute: 100 };
    await take(limits, { tokens: 40, cost: 0 });
    await room.advance(30);
    await take(limits, { tokens: 10, cost: 0 });
    expect(await ask(limits)).toMatchObject({ limit: 'requestsPerMinute', freeInMs: 31_000 });
    await room.advance(30);
    expect(await ask(limits)).toMatchObject({ limit: 'requestsPerMinute', freeInMs: 1_000 });
    await room.advance(1);
    await take(limits, { tokens: 90, cost: 0 });
    await room.advance(61);
    expect((await take(limits)).standings).toMatchObject({ requests: { remaining: 1 }, tokens: { remaining: 70 } });
  });

  it('tells the limit with the longest wait, a budget before all, and what never fits', async () => {
    const limits = { requestsPerMinute: 1, tokensPerMinute: 50, maxConcurrent: 1 };
    await take(limits);
    await room.advance(10);
    expect(await ask({ ...limits, requestsPerMinute: 5 })).toMatchObject({
      limit: 'tokensPerMinute',
      freeInMs: 51_000,
    });
    expect(await ask({ ...limits, tokensPerMinute: 500 })).toMatchObject({ limit: 'requestsPerMinute' });
    expect(await ask({ maxConcurrent: 1 })).toEqual({ limit: 'maxConcurrent', neverFits: false, standings: {} });
    const never = await ask({ ...limits, tokensPerMinute: 29 });
    expect(never).toMatchObject({ limit: 'tokensPerMinute', neverFits: true });
    expect(never).not.toHaveProperty('freeInMs', expect.anything());
    const spent = { ...NONE, tokens: 90, cost: 1.99 };
    expect(await ask({ ...limits, monthlyTokenBudget: 100 }, SMALL, spent)).toMatchObject({
      limit: 'monthlyTokenBudget',
      neverFits: false,
    });
    expect(await ask({ ...limits, monthlyCostBudget: 2 }, SMALL, spent)).toMatchObject({ limit: 'monthlyCostBudget' });
    expect(await ask({ monthlyCostBudget: 0.02 })).toMatchObject({ limit: 'monthlyCostBudget', neverFits: true });
    expect(await ask({ monthlyTokenBudget: 20 })).toMatchObject({ limit: 'monthlyTokenBudget', neverFits: true });
  });

  it('gives back what was not used to the minute and the month, and counts what was used beyond from then on', async () => {
    const limits = { tokensPerMinute: 100, monthlyTokenBudget: 100 };
    const estimate = { tokens: 80, cost: 0 };
    const first = await take(limits, estimate);
    await room.advance(30);
    expect(await ask(limits, { tokens: 30, cost: 0 })).toMatchObject({ limit: 'monthlyTokenBudget' });
    await first.settle({ tokens: 20, cost: 0 });
    await first.settle({ tokens: 99, cost: 0 });
    const second = await take(limits, { tokens: 10, cost: 0 });
    expect(second.standings.tokens).toEqual({ limit: 100, remaining: 70, resetMs: 61_000 });
    await second.settle({ tokens: 35, cost: 0 });
    expect(await ask({ tokensPerMinute: 100 }, { tokens: 46, cost: 0 })).toMatchObject({ freeInMs: 31_000 });
    expect(await ask(limits, { tokens: 46, cost: 0 })).toMatchObject({ limit: 'monthlyTokenBudget' });
    await take(limits, { tokens: 45, cost: 0 });
  });

  it('gives nothing back to a minute that is over', async () => {
    const first = await take({ tokensPerMinute: 100 }, { tokens: 100, cost: 0 });
    await room.advance(61);
    await take({ tokensPerMinute: 100 }, { tokens: 60, cost: 0 });
    await first.settle({ tokens: 0, cost: 0 });
    expect(await ask({ tokensPerMinute: 100 }, { tokens: 41, cost: 0 })).toMatchObject({ freeInMs: 61_000 });
    await take({ tokensPerMinute: 100 }, { tokens: 40, cost: 0 });
  });

  it('begins with what is stored of a month, counts what is more of both, and begins anew with another', async () => {
    const limits = { monthlyTokenBudget: 1_000 };
    const asked = (tokens: number, spent: Spent) => ask(limits, { tokens, cost: 0 }, spent);
    const stored = { ...NONE, tokens: 900 };
    const first = await take(limits, { tokens: 50, cost: 0 }, stored);
    await first.settle({ tokens: 60, cost: 0 });
    expect(await asked(41, stored)).toHaveProperty('limit');
    expect(await asked(41, NONE)).toHaveProperty('limit');
    expect(await asked(1, { ...NONE, tokens: 1_000 })).toHaveProperty('limit');
    expect(await asked(40, { ...NONE, tokens: 960 })).toHaveProperty('settle');
    expect(await asked(1_000, { ...NONE, month: '2026-12' })).toHaveProperty('settle');
  });

  it('books what ends after its month in the month it began in', async () => {
    const limits = { monthlyTokenBudget: 100 };
    const december = { ...NONE, month: '2026-12' };
    const late = await take(limits, { tokens: 50, cost: 0 });
    await take(limits, { tokens: 60, cost: 0 }, december);
    await late.settle({ tokens: 90, cost: 0 });
    expect(await ask(limits, { tokens: 41, cost: 0 }, december)).toHaveProperty('limit');
    expect(await ask(limits, { tokens: 40, cost: 0 }, december)).toHaveProperty('settle');
  });

  it('adds up costs exactly', async () => {
    const limits = { monthlyCostBudget: 1 };
    for (let index = 0; index < 9; index++)
      await (await take(limits, { tokens: 1, cost: 0.1 })).settle({ tokens: 1, cost: 0.1 });
    expect(await ask(limits, { tokens: 1, cost: 0.100_000_001 })).toHaveProperty('limit');
    await (await take(limits, { tokens: 1, cost: 0.1 })).settle({ tokens: 1, cost: 0.1 });
    expect(await ask(limits, { tokens: 0, cost: 0 })).toMatchObject({ limit: 'monthlyCostBudget' });
  });

  it('takes any number for an amount, and counts what is none as nothing', async () => {
    const limits = { tokensPerMinute: 100, monthlyTokenBudget: 100, monthlyCostBudget: 1 };
    for (const wrong of [Number.NaN, -5, 0, -Infinity]) {
      const answer = await take(limits, { tokens: wrong, cost: wrong }, { ...NONE, tokens: wrong, cost: wrong });
      await answer.settle({ tokens: wrong, cost: wrong });
    }
    expect(await ask(limits, { tokens: Infinity, cost: 1e300 })).toMatchObject({ neverFits: true });
    const whole = await take(limits, { tokens: 100, cost: 1 });
    await whole.settle({ tokens: Number.MAX_VALUE, cost: Infinity });
    expect(await ask(limits, { tokens: 1, cost: 0 })).toMatchObject({ limit: 'monthlyTokenBudget' });
  });

  it('lets in what has no limit, and any name', async () => {
    for (let index = 0; index < 5; index++) expect((await take({})).standings).toEqual({});
    for (const name of ['__proto__', 'constructor', '}{', '']) {
      const answer = await room.replica().takeAllowance(room.nameOf(name), { maxConcurrent: 1 }, SMALL, NONE);
      expect(answer).toHaveProperty('allowance');
      const refused = await room.replica().takeAllowance(room.nameOf(name), { maxConcurrent: 1 }, SMALL, NONE);
      expect(refused).toHaveProperty('refused');
    }
  });

  it('answers as a list of all that ever happened says, in any order of asking, ending and waiting', async () => {
    const amount = fc.record({ tokens: fc.integer({ min: 1, max: 60 }), cost: fc.integer({ min: 1, max: 9 }) });
    const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
    const limits = fc.record({
      requestsPerMinute: limit(8),
      tokensPerMinute: limit(150),
      maxConcurrent: limit(5),
      monthlyTokenBudget: limit(500),
      monthlyCostBudget: limit(60),
    });
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ take: amount }) },
      { weight: 4, arbitrary: fc.record({ settle: fc.nat(20), used: amount }) },
      { weight: 3, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 70_000 }) }) },
      { weight: 1, arbitrary: fc.record({ store: fc.constant(true) }) },
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(limits, amount, fc.array(step, { maxLength: 40 }), async (limits, before, steps) => {
        const name = room.nameOf(`run ${runs++}`);
        const model = new AllowanceModel(limits, before);
        const running: { allowance: Allowance; request: object; since: number }[] = [];
        for (const each of steps) {
          if ('take' in each) {
            const { stored } = model;
            const answer = await room.replica().takeAllowance(name, limits, each.take, { ...NONE, ...stored });
            const expected = model.take(each.take, room.now());
            if ('allowance' in answer) {
              expect(expected).toEqual({ standings: answer.allowance.standings, request: expect.anything() });
              if ('request' in expected)
                running.push({ allowance: answer.allowance, request: expected.request, since: room.now() });
            } else expect(answer.refused).toEqual(expected);
          } else if ('settle' in each) {
            const [ended] = running.splice(each.settle % Math.max(running.length, 1), 1);
            if (!ended) continue;
            await ended.allowance.settle(each.used);
            model.settle(ended.request, each.used, room.now());
          } else if ('advance' in each) {
            // Nobody renews here what runs for a minute.
            const tooLong = running.findLastIndex(({ since }) => since + 60_000 <= room.now() + each.advance);
            for (const { allowance, request } of running.splice(0, tooLong + 1)) {
              await allowance.settle(SMALL);
              model.settle(request, SMALL, room.now());
            }
            await room.advance(each.advance / 1000);
          } else model.store();
        }
      }),
      { numRuns: room.runs },
    );
  });
}
