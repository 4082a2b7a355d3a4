import { expect, it } from '@jest/globals';
import { readCommandLine } from './command-line.js';

it('runs everything for a minute each when nothing is said', () => {
  const line = readCommandLine([], 7);
  expect(line).toMatchObject({ parts: ['one-bad', 'all-bad', 'leaks'], seconds: 60, clients: 50, requests: 10_000 });
  expect(line).toMatchObject({ seed: 7, json: false, help: false });
  expect(line.faults).toContain('hang-midway');
});

it('takes parts and faults by name', () => {
  const line = readCommandLine(['--part', 'leaks', '--part', 'one-bad', '--fault', 'hang', '--seed', '3'], 7);
  expect(line).toMatchObject({ parts: ['one-bad', 'leaks'], faults: ['hang'], seed: 3 });
});

it.each([
  [['--part', 'x'], /--part must be one of one-bad/],
  [['--fault', 'x'], /--fault must be one of 5xx/],
  [['--seconds', '0'], /--seconds must be a whole number from 1/],
  [['--clients', '1.5'], /--clients must be a whole number/],
  [['--nothing'], /nothing/],
])('refuses %j', (args, message) => {
  expect(() => readCommandLine(args, 7)).toThrow(message);
});
