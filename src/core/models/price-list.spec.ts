import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { LIST_PRICES, LIST_PRICES_VERSION, UNKNOWN_MODEL_PRICE } from './list-prices.js';
import { PriceList } from './price-list.js';
import { costAt, type OwnPrice } from './prices.js';

const MILLION = { input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000 };

describe('the list price of a model', () => {
  it.each<[string, number, number, number, number]>([
    ['claude-haiku-4.5', 1, 5, 0.1, 1.25],
    ['claude-haiku-5.5', 0.1, 0.5, 0.01, 0.125],
    ['claude-sonnet-4', 3, 15, 0.3, 3.75],
    ['claude-sonnet-4.5', 3, 15, 0.3, 3.75],
    ['claude-sonnet-4-5-20250929', 3, 15, 0.3, 3.75],
    ['CLAUDE_SONNET_4_20250514_V1_0', 3, 15, 0.3, 3.75],
    ['CLAUDE_3_7_SONNET_20250219_V1_0', 3, 15, 0.3, 3.75],
    ['claude-3.7-sonnet', 3, 15, 0.3, 3.75],
    ['claude-sonnet-5', 2, 10, 0.2, 2.5],
    ['claude-sonnet-5.5', 2, 10, 0.1, 2.5],
    ['us.anthropic.claude-sonnet-5-5-v1:0', 2, 10, 0.1, 2.5],
    ['claude-opus-4', 15, 75, 1.5, 18.75],
    ['claude-opus-4-20250514', 15, 75, 1.5, 18.75],
    ['CLAUDE_OPUS_4_20250514_V1_0', 15, 75, 1.5, 18.75],
    ['claude-opus-4-1-20250805', 15, 75, 1.5, 18.75],
    ['claude-opus-4.5', 5, 25, 0.5, 6.25],
    ['CLAUDE_OPUS_4_5_20251101_V1_0', 5, 25, 0.5, 6.25],
    ['claude-opus-4.8[1m]', 5, 25, 0.5, 6.25],
    ['claude-opus-5', 5, 25, 0.5, 6.25],
    ['claude-opus-5.5', 4, 20, 0.2, 5],
    ['claude-fable-5', 10, 50, 1, 12.5],
    ['claude-fable-5.1', 10, 50, 0.25, 12.5],
    ['gpt-5.6-terra', 2, 12, 0.2, 2.5],
    ['claude-opus-9', 5, 25, 0.5, 6.25],
    ['auto', 3, 15, 0.3, 3.75],
    ['constructor', 3, 15, 0.3, 3.75],
    ['', 3, 15, 0.3, 3.75],
  ])('%s', (model, input, output, cacheRead, cacheWrite) => {
    const { longPrompts: _long, ...price } = new PriceList({}).pricingOf(model);
    expect(price).toEqual({
      input: expect.closeTo(input, 9),
      output: expect.closeTo(output, 9),
      cacheRead: expect.closeTo(cacheRead, 9),
      cacheWrite: expect.closeTo(cacheWrite, 9),
    });
  });

  it('is not looked for by a name longer than any', () => {
    expect(new PriceList({}).pricingOf('claude-haiku-'.repeat(1_000_000)).input).toBe(3);
  });

  it('has another version whenever it changes', () => {
    const table = JSON.stringify([LIST_PRICES, UNKNOWN_MODEL_PRICE]);
    const digest = createHash('sha256').update(table).digest('hex').slice(0, 16);
    expect({ [LIST_PRICES_VERSION]: digest }).toEqual({ '2026-11-21': 'fcaa6b29f07874a2' });
  });
});

describe('a price for credits', () => {
  const SONNET = { input: 3, output: 15, cacheRead: expect.closeTo(0.3, 9), cacheWrite: 3.75 };

  it.each<[string, Record<string, OwnPrice>, object]>([
    ['leaves tokens at the list’s price', { 'claude-sonnet-*': { credit: 0.04 } }, { ...SONNET, credit: 0.04 }],
    [
      'may stand beside one’s own for tokens',
      { '*': { credit: 0.04, input: 1, output: 2 } },
      { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25, credit: 0.04 },
    ],
    [
      'is not taken from a line that says less',
      { '*': { credit: 0.04 }, 'claude-*': { input: 1, output: 2 } },
      { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 },
    ],
  ])('%s', (_what, own, pricing) => {
    expect(new PriceList(own).pricingOf('claude-sonnet-4.5')).toEqual(pricing);
  });

  it('may be for a model nobody knows', () => {
    expect(new PriceList({ '*': { credit: 0.04 } }).pricingOf('qwen3')).toEqual({ ...SONNET, credit: 0.04 });
  });
});

describe('the whole table', () => {
  it('has the first line that fits a model before the others, and one for every other model in the end', () => {
    const { entries } = new PriceList({
      'qwen*': { input: 1, output: 1 },
      'Qwen3-*': { credit: 2 },
      'qwen3-coder-next': { input: 3, output: 3 },
    });
    expect(entries.map(({ source, model }) => `${source} ${model}`)).toEqual([
      'own qwen3-coder-next',
      'own qwen3-*',
      'own qwen*',
      ...[...new PriceList({}).entries].map(({ source, model }) => `${source} ${model}`),
    ]);
    expect(entries.at(-1)).toEqual({ model: '*', source: 'list', pricing: UNKNOWN_MODEL_PRICE });
    expect(entries).toHaveLength(3 + Object.keys(LIST_PRICES).length + 1);
  });

  it('has a version of the operator’s own as soon as they have a price', () => {
    expect(new PriceList({}, 7).version).toBe(LIST_PRICES_VERSION);
    expect(new PriceList({ m: { credit: 0 } }, 7).version).toBe(`${LIST_PRICES_VERSION}+7`);
  });
});

describe('a price of the operator’s own', () => {
  it.each<[string, Record<string, { input: number; output: number }>, string, number]>([
    ['goes before the list’s', { 'claude-opus-5.5': { input: 7, output: 7 } }, 'claude-opus-5.5', 7],
    ['holds for every spelling', { 'claude-opus-5.5': { input: 7, output: 7 } }, 'claude-opus-5-5-20260921', 7],
    ['may be spelled in any letters', { 'Claude-Opus-*': { input: 7, output: 7 } }, 'claude-opus-5.5', 7],
    ['leaves other models alone', { 'claude-opus-5.5': { input: 7, output: 7 } }, 'claude-opus-5', 5],
    ['may be for all of them', { '*': { input: 0, output: 0 } }, 'claude-opus-5', 0],
    [
      'by its name goes before one by a pattern',
      { 'qwen3-coder-*': { input: 1, output: 1 }, 'qwen3-coder-next': { input: 2, output: 2 } },
      'qwen3-coder-next',
      2,
    ],
    [
      'by the pattern that says more goes before the others',
      { 'qwen*': { input: 1, output: 1 }, 'qwen3-*': { input: 2, output: 2 }, '*next': { input: 3, output: 3 } },
      'qwen3-coder-next',
      2,
    ],
    ['may be for a name such as __proto__', JSON.parse('{"__proto__":{"input":9,"output":9}}'), '__proto__', 9],
  ])('%s', (_what, own, model, input) => {
    const list = new PriceList(own);
    expect(list.pricingOf(model).input).toBe(input);
    expect(list.pricingOf(model).input).toBe(input);
  });

  it('has the cache at the usual shares of its input, unless it says otherwise', () => {
    const list = new PriceList({
      usual: { input: 4, output: 8 },
      free: { input: 4, output: 8, cacheRead: 0, cacheWrite: 0 },
    });
    expect(list.pricingOf('usual')).toEqual({ input: 4, output: 8, cacheRead: 0.4, cacheWrite: 5 });
    expect(list.pricingOf('free')).toEqual({ input: 4, output: 8, cacheRead: 0, cacheWrite: 0 });
  });
});

describe('costAt', () => {
  it('is dollars for a million tokens of each kind', () => {
    expect(costAt({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }, MILLION)).toBeCloseTo(22.05, 9);
    const use = { input: 1_000, output: 200, cacheRead: 0, cacheWrite: 0 };
    expect(costAt({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }, use)).toBeCloseTo(0.006, 9);
  });

  it('is that of the credits where they have a price and were reported', () => {
    const pricing = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, credit: 0.04 };
    expect(costAt(pricing, MILLION, 2.5)).toBeCloseTo(0.1, 9);
    expect(costAt(pricing, MILLION, 0)).toBe(0);
    expect(costAt(pricing, MILLION)).toBeCloseTo(22.05, 9);
    expect(costAt({ ...pricing, credit: undefined }, MILLION, 2.5)).toBeCloseTo(22.05, 9);
  });

  it.each([
    ['as long as is allowed at the lower price', { input: 60_000, cacheRead: 40_000 }, 0.0064 + 0.0005],
    ['one token longer', { input: 60_000, cacheRead: 40_001 }, (0.0064 + 0.0005) * 5],
  ])('of Haiku 5.5 with a prompt %s', (_what, prompt, cost) => {
    const pricing = new PriceList({}).pricingOf('claude-haiku-5.5');
    expect(costAt(pricing, { output: 1_000, cacheWrite: 0, ...prompt })).toBeCloseTo(cost, 6);
  });
});
