import { describe, expect, it } from '@jest/globals';
import { readCommandLine, usage } from './command-line.js';

describe('the command line of the fuzz', () => {
  it('tries everything, from a seed of its own, when nothing is said', () => {
    expect(readCommandLine([], 7)).toEqual({
      targets: [
        'streams',
        'bodies',
        'chat-streams',
        'chat-bodies',
        'responses-streams',
        'responses-bodies',
        'sockets',
        'exchanges',
      ],
      seed: 7,
      from: 0,
      help: false,
    });
  });

  it('takes targets, numbers and a file', () => {
    const args = ['--target', 'bodies', '--runs', '10', '--seed', '0', '--from', '99', '--json', 'a.json'];
    expect(readCommandLine(args, 7)).toEqual({
      targets: ['bodies'],
      runs: 10,
      seed: 0,
      from: 99,
      json: 'a.json',
      help: false,
    });
  });

  it('says what it takes', () => {
    expect(readCommandLine(['--help'], 7).help).toBe(true);
    for (const option of ['--target', '--runs', '--seed', '--from', '--json', '--help', '100,000']) {
      expect(usage).toContain(option);
    }
  });

  it.each([
    [
      ['--target', 'all'],
      "--target must be one of streams, bodies, chat-streams, chat-bodies, responses-streams, responses-bodies, sockets, exchanges, not 'all'",
    ],
    [['--runs', '0'], "--runs must be a whole number from 1 to 2147483647, not '0'"],
    [['--seed', '1.5'], "--seed must be a whole number from 0 to 2147483647, not '1.5'"],
    [['--from', ''], "--from must be a whole number from 0 to 2147483647, not ''"],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readCommandLine(args, 7)).toThrow(message);
  });
});
