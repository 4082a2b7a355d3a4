import { type Choice, type PassedOver, passedOver, type Unfitness } from '../../../core/pool/passed-over.js';
import type { LeaseRequest } from '../lease-request.js';
import type { PoolMember } from '../pool-member.js';
import type { Selection } from '../select.js';

/** One look at the pool for one request, and what it found. */
export interface Look {
  request: LeaseRequest;
  /** The account its conversation is bound to. */
  boundTo: string | undefined;
  selection: Selection;
}

export interface Reason {
  member: PoolMember;
  reason: PassedOver;
}

/** How the account that was found came to it; undefined: none was found. */
export function choiceOf({ request, boundTo, selection }: Look): (Choice & { chosen: PoolMember }) | undefined {
  const { chosen, binding } = selection;
  if (!chosen) return undefined;
  if (chosen.id === request.preferred) return { chosen, by: 'name' };
  return { chosen, by: binding === 'kept' && chosen.id === boundTo ? 'binding' : 'turn' };
}

/**
 * Why each of the others was passed over, in the order they are given: one pass over the accounts, and nothing is
 * changed by it.
 * @param now epoch milliseconds
 */
export function* reasonsOf(look: Look, members: Iterable<PoolMember>, now: number): Generator<Reason> {
  const choice = choiceOf(look);
  const usable = new Set(look.selection.usable);
  const unasked = new Set(look.selection.unasked);
  for (const member of members) {
    if (member === choice?.chosen) continue;
    const unfitness = unfitnessOf(member, look, usable, unasked);
    yield { member, reason: passedOver(member, unfitness, choice, now) };
  }
}

function unfitnessOf(
  member: PoolMember,
  { request, selection }: Look,
  usable: ReadonlySet<PoolMember>,
  unasked: ReadonlySet<PoolMember>,
): Unfitness | undefined {
  if (request.excluded.has(member.id)) return 'left_by_request';
  if (request.provider !== undefined && request.provider !== member.account.provider) return 'other_provider';
  if (selection.modelAt.has(member)) return usable.has(member) ? undefined : 'pattern_only';
  return unasked.has(member) ? 'list_unknown' : 'model_not_listed';
}
