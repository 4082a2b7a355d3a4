import { fullnessOf, type PooledAccount } from './availability.js';

/**
 * What becomes of a conversation's binding when one of its requests looks for an account: it holds; its account is only
 * full, so that this one request goes elsewhere; or there is none, or none any more, and whoever serves is the next.
 */
export type Binding = 'kept' | 'spill' | 'none';

/** How the account a conversation is bound to stands to one of its requests. */
export interface BoundFacts {
  /** This request left it: it failed for it. */
  isLeft: boolean;
  /** This request takes accounts of another kind only. */
  isOtherKind: boolean;
  /** Those that could serve this request now. */
  candidates: readonly PooledAccount[];
}

/** An account that is left alone for longer than that is as good as out: turns that go here and there lose their cache. */
const LONGEST_SPILL_MS = 60_000;

/**
 * @param bound the account it is bound to, which lists the model and has no outage: with any other it is `none`
 * @param now epoch milliseconds
 */
export function bindingOf(bound: PooledAccount, facts: BoundFacts, now: number): Binding {
  // Its own account is as good as before: what this request needs, or the model has no room for, says nothing of it.
  if (facts.isOtherKind) return 'spill';
  if (fullnessOf(bound, now) !== undefined) return bound.coolingUntil - now > LONGEST_SPILL_MS ? 'none' : 'spill';
  if (facts.isLeft) return 'none';
  // What goes over a plan is paid for; a cache is not worth that.
  if (bound.isLastResort && facts.candidates.some(({ isLastResort }) => !isLastResort)) return 'none';
  return 'kept';
}
