import { describe, expect, it } from '@jest/globals';
import { claudeLineOf, compareAge } from './claude-line.js';

describe('claudeLineOf', () => {
  it.each([
    ['claude-sonnet-4.5', 'sonnet'],
    ['claude-3.7-sonnet', 'sonnet'],
    ['claude-haiku-5.5', 'haiku'],
    ['claude-opus-4', 'opus'],
    ['claude-fable-5.1', undefined],
    ['gpt-5.6-sonnet', undefined],
    ['auto', undefined],
  ])('of %s is %s', (id, line) => {
    expect(claudeLineOf(id)).toBe(line);
  });
});

describe('compareAge', () => {
  it.each([
    ['claude-sonnet-4.5', 'claude-sonnet-4'],
    ['claude-sonnet-5', 'claude-sonnet-4.6'],
    ['claude-sonnet-4', 'claude-3.7-sonnet'],
    ['claude-sonnet-4.10', 'claude-sonnet-4.9'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-20250514'],
    ['claude-sonnet-4-5', 'claude-sonnet-4'],
    ['claude-sonnet-6', 'claude-sonnet-5.5'],
    ['claude-sonnet-5', 'claude-sonnet-5-fast'],
  ])('says that %s is newer than %s', (newer, older) => {
    expect(compareAge(newer, older)).toBeGreaterThan(0);
    expect(compareAge(older, newer)).toBeLessThan(0);
  });
});
