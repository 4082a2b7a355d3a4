import { describe, expect, it } from '@jest/globals';
import { decideProfile, type ProfileDecision } from './decide-profile.js';

const profileOf = (arn: string) => ({ arn, name: arn, region: 'us-east-1' });

describe('decideProfile', () => {
  const taken = (arn: string): ProfileDecision => ({ kind: 'taken', arn });

  it.each<[string, string[], { wanted?: string; current?: string }, ProfileDecision]>([
    ['none where there is none', [], {}, { kind: 'none' }],
    ['none, whatever was wanted or used', [], { wanted: 'a', current: 'a' }, { kind: 'none' }],
    ['the only one', ['a'], {}, taken('a')],
    ['the only one, though another was used', ['a'], { current: 'b' }, taken('a')],
    ['the one wanted', ['a', 'b', 'c'], { wanted: 'b', current: 'c' }, taken('b')],
    ['the one used before', ['a', 'b'], { current: 'b' }, taken('b')],
    ['a choice between several', ['a', 'b'], { current: 'c' }, { kind: 'choice' }],
    [
      'a choice where the one wanted is not there',
      ['a'],
      { wanted: 'z', current: 'a' },
      { kind: 'choice', reason: 'The account may not use z' },
    ],
  ])('is %s', (_what, found, known, decision) => {
    expect(decideProfile(found.map(profileOf), known)).toEqual(decision);
  });
});
