import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from './command-line.js';
import { scenarioNames } from './scenarios/scenarios.js';

describe('the command line of the bench', () => {
  it('runs every scenario when none is named', () => {
    expect(readCommandLine([])).toEqual({ scenarios: scenarioNames, quick: false, help: false });
  });

  it('takes scenarios, files and speed', () => {
    const args = ['--scenario', 'short', '--scenario', 'held', '--quick', '--json', 'a.json', '--profile', 'b'];

    expect(readCommandLine(args)).toEqual({
      scenarios: ['short', 'held'],
      quick: true,
      json: 'a.json',
      profile: 'b',
      help: false,
    });
  });

  it.each([
    [
      ['--scenario', 'long'],
      "--scenario must be one of stream-200, drip-200, short, limited, claude-code, chat-200, responses-200, stored-200, held, not 'long'",
    ],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });
});
