import { describe, expect, it } from '@jest/globals';
import { claudeLineFor } from './openai-names.js';

describe('claudeLineFor', () => {
  it.each([
    ['gpt-4o', 'sonnet'],
    ['gpt-4.1', 'sonnet'],
    ['gpt-5', 'sonnet'],
    ['gpt-5.1-codex', 'sonnet'],
    ['gpt-4o-2024-08-06', 'sonnet'],
    ['chatgpt-4o-latest', 'sonnet'],
    ['o1', 'sonnet'],
    ['o3', 'sonnet'],
    ['o4-mini', 'haiku'],
    ['o4-mini-deep-research', 'haiku'],
    ['gpt-4o-mini', 'haiku'],
    ['gpt-4o-mini-2024-07-18', 'haiku'],
    ['gpt-4.1-nano', 'haiku'],
    ['gpt-3.5-turbo', 'haiku'],
    ['gpt-35-turbo', 'haiku'],
    ['codex-mini-latest', 'haiku'],
    ['gpt-5-pro', 'opus'],
    ['o3-pro', 'opus'],
  ])('%s is %s', (name, line) => {
    expect(claudeLineFor(name)).toBe(line);
  });

  it.each(['claude-sonnet-4.5', 'gpt', 'o', 'opus', 'o1x', 'ollama', 'codex', 'my-gpt-4o', 'gemini-2.5-pro', ''])(
    '%s is none of OpenAI’s',
    (name) => {
      expect(claudeLineFor(name)).toBeUndefined();
    },
  );
});
