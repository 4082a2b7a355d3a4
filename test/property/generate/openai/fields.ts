import fc from 'fast-check';
import { anyJson } from '../text.js';

/** Null is as good as absent where a field may be absent (openai.md §15). */
export const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 4 });

/** A number, or one as text, which is normal input too (openai.md §15). */
export const numeric = (value: fc.Arbitrary<number>): fc.Arbitrary<number | string> =>
  fc.oneof(
    { weight: 5, arbitrary: value },
    { weight: 1, arbitrary: value.map((number) => String(Math.round(number * 100) / 100)) },
  );

/** An object whose keys are each there only sometimes. */
export function sparse(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(fields, { requiredKeys: [] });
}

/** What nobody reads may be anything. */
export const unread = anyJson;

const number = (min: number, max: number) => nullable(numeric(fc.double({ min, max, noNaN: true })));

/** Fields of both APIs that are checked for a range, ignored, or neither (openai.md §4, §6). */
export const ignoredOptions = {
  temperature: number(0, 2),
  top_p: number(0, 1),
  user: nullable(fc.string()),
  metadata: nullable(fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 2 })),
  service_tier: fc.constantFrom('auto', 'default', 'flex', null),
  safety_identifier: fc.constantFrom('user-1', null),
  prompt_cache_key: fc.constantFrom('program', '0199a213-81c0-7800-8aa1-bbab2a035a53', null),
  prompt_cache_options: unread,
  prompt_cache_retention: fc.constantFrom('24h', null),
  moderation: unread,
};

export const chatIgnoredOptions = {
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  seed: nullable(fc.integer()),
  logit_bias: unread,
  prediction: unread,
  web_search_options: unread,
  verbosity: fc.constantFrom('low', 'medium', null),
  store: nullable(fc.boolean()),
};

/** How hard to think: no text is refused (openai.md §4). */
export const effort = nullable(
  fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra', 'of_my_own', ''),
);

export const outputLimit = nullable(
  numeric(fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(1, 16, 32_000, 128_000, 10_000_000))),
);
