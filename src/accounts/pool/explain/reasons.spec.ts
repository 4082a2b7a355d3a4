import { describe, expect, it } from '@jest/globals';
import { NOON } from '../../../../test/support/candidates.js';
import { listingOf, memberOf } from '../../../../test/support/pool-members.js';
import { STRATEGIES } from '../../../core/pool/strategies/strategies.js';
import type { LeaseRequest } from '../lease-request.js';
import { select } from '../select.js';
import { choiceOf, type Look, reasonsOf } from './reasons.js';

const members = ['one', 'two', 'three', 'four'].map((id) => memberOf(id));
const [one, two, three, four] = members;
const listing = listingOf(
  members.filter((member) => member !== three && member !== four),
  members.filter((member) => member === three),
);

function look(wanted: Partial<LeaseRequest> = {}, boundTo?: string): Look {
  const request = { model: 'any', excluded: new Set<string>(), ...wanted };
  const circumstances = { now: NOON, chance: () => 0 };
  return {
    request,
    boundTo,
    selection: select(listing, { request, boundTo, strategy: STRATEGIES.round_robin, circumstances }),
  };
}
const reasons = (found: Look) =>
  Array.from(reasonsOf(found, members, NOON), ({ member, reason }) => `${member.id}: ${reason}`);

describe('reasonsOf', () => {
  it('leaves out the one that is chosen', () => {
    const found = look();
    expect(choiceOf(found)).toEqual({ chosen: one, by: 'turn' });
    expect(reasons(found)).toEqual(['two: not_its_turn', 'three: pattern_only', 'four: model_not_listed']);
  });

  it('knows who was named in advance, and whose conversation it is', () => {
    const named = look({ preferred: 'two' }, 'one');
    expect(choiceOf(named)).toEqual({ chosen: two, by: 'name' });
    expect(reasons(named)).toContain('one: named_elsewhere');
    const bound = look({}, 'two');
    expect(choiceOf(bound)).toEqual({ chosen: two, by: 'binding' });
    expect(reasons(bound)).toContain('one: bound_elsewhere');
  });

  it('tells of everybody where nobody is chosen', () => {
    const found = look({ excluded: new Set(['one', 'two', 'three']) });
    expect(choiceOf(found)).toBeUndefined();
    expect(reasons(found)).toEqual([
      'one: left_by_request',
      'two: left_by_request',
      'three: left_by_request',
      'four: model_not_listed',
    ]);
  });

  it('leaves out other kinds of accounts', () => {
    expect(reasons(look({ provider: 'anthropic' }))).toEqual(members.map(({ id }) => `${id}: other_provider`));
  });

  it('goes over the accounts once', () => {
    const thousand = Array.from({ length: 1_000 }, (_, index) => memberOf(`account-${index}`));
    const request = { model: 'any', excluded: new Set<string>() };
    const rules = { request, boundTo: undefined, strategy: STRATEGIES.round_robin };
    const selection = select(listingOf(thousand), { ...rules, circumstances: { now: NOON, chance: () => 0 } });
    let seen = 0;
    const counted = (function* () {
      for (const member of thousand) {
        seen++;
        yield member;
      }
    })();
    const found = Array.from(reasonsOf({ request, boundTo: undefined, selection }, counted, NOON));
    expect([seen, found.length]).toEqual([1_000, 999]);
  });
});
