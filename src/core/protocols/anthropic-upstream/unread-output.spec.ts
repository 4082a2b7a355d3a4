import { describe, expect, it } from '@jest/globals';
import { countTextTokens } from '../../messages/count-tokens.js';
import { UnreadOutput } from './unread-output.js';

const dataOf = (delta: object) => JSON.stringify({ type: 'content_block_delta', index: 0, delta });
const textDelta = (text: string) => dataOf({ type: 'text_delta', text });

function counted(...data: string[]): number {
  const output = new UnreadOutput();
  for (const each of data) output.take(each);
  return output.countTokens();
}

describe('UnreadOutput', () => {
  it('counts text, thinking and the inputs of tools', () => {
    const deltas = [textDelta('one'), dataOf({ thinking: ' two' }), dataOf({ partial_json: ' three' })];
    expect(counted(...deltas)).toBe(3);
    expect(counted()).toBe(0);
  });

  it('takes what it did not keep to be like the rest', () => {
    const words = Array.from({ length: 2_000 }, () => textDelta(' word'));
    expect(Math.abs(counted(...words) / 2_000 - 1)).toBeLessThan(0.01);
  });

  it('guesses at a single delta that is too long to be kept', () => {
    const text = 'word '.repeat(10_000);
    const guess = counted(textDelta(text));
    expect(guess).toBeGreaterThan(countTextTokens(text) / 2);
    expect(guess).toBeLessThan(countTextTokens(text) * 2);
  });

  it.each(['', '{', '[]', 'null', '{"delta":null}', '{"delta":{"text":7}}', dataOf({ signature: 'x' })])(
    'bears %s',
    (data) => {
      expect(counted(data)).toBe(0);
    },
  );
});
