import { type ModelPricing, wholePrice } from './prices.js';

/** Sonnet's: what a model that nobody knows is taken to cost. */
export const UNKNOWN_MODEL_PRICE: ModelPricing = wholePrice({ input: 3, output: 15 });

/** The day of the last change below: whatever is changed, this changes with it. */
export const LIST_PRICES_VERSION = '2026-11-21';

/**
 * Public list prices (platform.claude.com/docs/en/about-claude/pricing, developers.openai.com/api/docs/pricing; November
 * 2026, cache writes of five minutes) of the models that Amazon Q lists (amazon-q.md §7.2). By name, or by a pattern: a
 * release that is newer than this list costs what its line does.
 */
export const LIST_PRICES: Readonly<Record<string, ModelPricing>> = {
  'claude-fable-5.1*': wholePrice({ input: 10, output: 50, cacheRead: 0.25 }),
  'claude-fable-*': wholePrice({ input: 10, output: 50 }),
  'claude-opus-5.5*': wholePrice({ input: 4, output: 20, cacheRead: 0.2 }),
  'claude-opus-*': wholePrice({ input: 5, output: 25 }),
  'claude-opus-4': wholePrice({ input: 15, output: 75 }),
  'claude-opus-4-2*': wholePrice({ input: 15, output: 75 }),
  'claude-opus-4.0*': wholePrice({ input: 15, output: 75 }),
  'claude-opus-4.1*': wholePrice({ input: 15, output: 75 }),
  'claude-3-opus*': wholePrice({ input: 15, output: 75 }),
  'claude-sonnet-5.5*': wholePrice({ input: 2, output: 10, cacheRead: 0.1 }),
  'claude-sonnet-5*': wholePrice({ input: 2, output: 10 }),
  'claude-sonnet-*': wholePrice({ input: 3, output: 15 }),
  'claude-3*-sonnet*': wholePrice({ input: 3, output: 15 }),
  'claude-haiku-5.5*': {
    ...wholePrice({ input: 0.1, output: 0.5 }),
    longPrompts: { above: 100_000, price: wholePrice({ input: 0.5, output: 2.5 }) },
  },
  'claude-haiku-*': wholePrice({ input: 1, output: 5 }),
  'claude-3.5-haiku*': wholePrice({ input: 0.8, output: 4 }),
  'claude-3-haiku*': { input: 0.25, output: 1.25, cacheRead: 0.03, cacheWrite: 0.3 },
  'gpt-5.6-sol*': gpt(5, 30),
  'gpt-5.6-terra*': gpt(2, 12),
  'gpt-5.6-luna*': gpt(0.2, 1.2),
};

/** A prompt above 272,000 tokens costs twice as much, its answer half as much again. */
function gpt(input: number, output: number): ModelPricing {
  const long = wholePrice({ input: input * 2, output: output * 1.5 });
  return { ...wholePrice({ input, output }), longPrompts: { above: 272_000, price: long } };
}
