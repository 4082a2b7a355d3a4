import { describe, expect, it } from '@jest/globals';
import { roughTokens } from './rough-tokens.js';

const deep = JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`);

describe('roughTokens', () => {
  it.each<[string, unknown, number]>([
    ['a text', 'Hello, you', 3],
    ['nothing', undefined, 1],
    ['a request', { max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }, 4],
    ['an image, however large', { type: 'base64', data: 'A'.repeat(1_000_000) }, 1_600],
    ['nested lists', deep, 0],
  ])('counts %s', (_what, body, tokens) => {
    expect(roughTokens(body)).toBe(tokens);
  });
});
