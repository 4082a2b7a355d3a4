import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { freeAt, fullnessOf, outageOf } from '../../core/pool/availability.js';
import { bestPlaced } from '../../core/pool/best-placed.js';
import type { Circumstances, Strategy } from '../../core/pool/strategies/strategy.js';
import type { LeaseRequest } from './lease-request.js';
import type { PoolMember } from './pool-member.js';
import type { Listing } from './roster.service.js';

/**
 * What becomes of a conversation's binding: it holds, there is none (or the account can't serve it any more), or its
 * account is only full, so that this one request goes elsewhere.
 */
export type Binding = 'kept' | 'none' | 'spill';

/** One look at the pool for one request. */
export interface Selection {
  chosen?: PoolMember;
  /** Among whom the strategy chose. */
  candidates: readonly PoolMember[];
  binding: Binding;
  /** Those that list the model and have no outage, full or left by this request as they may be. */
  usable: readonly PoolMember[];
  modelAt: ReadonlyMap<PoolMember, UpstreamModel>;
  /** Where all who could serve are full: when there may be room, epoch milliseconds; infinity: when a request ends. */
  freeAt?: number;
  /** Where all who could serve have an open breaker: when the first of them may be tried. */
  retryAt?: number;
  /** Those that might serve, if only somebody asked for their list. */
  unasked: readonly PoolMember[];
}

export interface SelectionRules {
  request: LeaseRequest;
  /** The account its conversation is bound to. */
  boundTo: string | undefined;
  strategy: Strategy;
  circumstances: Circumstances;
}

/**
 * Who serves a request: of the accounts that list its model under its own name (only where nobody usable does, of those
 * where a pattern leads to one: what one account lists is not answered with another model by the next) those with no
 * outage and with room, of those the one that was named in advance or that the conversation is bound to, else of the
 * best placed whoever's turn it is.
 */
export function select(listing: Listing, rules: SelectionRules): Selection {
  const { request, boundTo, strategy, circumstances } = rules;
  const { now } = circumstances;
  const isListed = listing.byName.some((member) => listing.listed.has(member) && outageOf(member, now) === undefined);
  const sight = look(listing.byName, request, now);
  if (!isListed && sight.candidates.length === 0 && sight.freeAt === undefined) {
    addTo(sight, look(listing.byPattern, request, now));
  }
  const unasked = listing.unasked.filter((member) => mayServe(member, request) && outageOf(member, now) === undefined);
  const { candidates, usable, retryAt } = sight;
  const bound = usable.find(({ id }) => id === boundTo);
  const binding = bindingOf(bound, candidates, now);
  const found = { binding, usable, modelAt: listing.modelAt, retryAt, unasked };
  if (candidates.length === 0) return { ...found, candidates, freeAt: sight.freeAt };
  const preferred = candidates.find(({ id }) => id === request.preferred);
  const best = bestPlaced(candidates);
  const kept = binding === 'kept' ? bound : undefined;
  return { ...found, candidates: best, chosen: preferred ?? kept ?? strategy.choose(best, circumstances) };
}

interface Sight {
  candidates: PoolMember[];
  usable: PoolMember[];
  freeAt?: number;
  retryAt?: number;
}

function look(members: readonly PoolMember[], request: LeaseRequest, now: number): Sight {
  const sight: Sight = { candidates: [], usable: [] };
  for (const member of members) {
    const outage = outageOf(member, now);
    if (outage !== undefined) {
      if (outage === 'breaker_open') sight.retryAt = earlier(sight.retryAt, member.breaker.snapshot.openUntil);
      continue;
    }
    sight.usable.push(member);
    if (!mayServe(member, request)) continue;
    if (fullnessOf(member, now) === undefined) sight.candidates.push(member);
    else sight.freeAt = earlier(sight.freeAt, freeAt(member, now));
  }
  return sight;
}

function addTo(sight: Sight, other: Sight): void {
  sight.candidates.push(...other.candidates);
  sight.usable.push(...other.usable);
  if (other.freeAt !== undefined) sight.freeAt = earlier(sight.freeAt, other.freeAt);
  if (other.retryAt !== undefined) sight.retryAt = earlier(sight.retryAt, other.retryAt);
}

function mayServe({ id, account }: PoolMember, { excluded, provider }: LeaseRequest): boolean {
  return !excluded.has(id) && (provider === undefined || account.provider === provider);
}

function bindingOf(bound: PoolMember | undefined, candidates: readonly PoolMember[], now: number): Binding {
  if (!bound) return 'none';
  if (candidates.includes(bound)) {
    const isLastResort = bound.isLastResort && candidates.some((candidate) => !candidate.isLastResort);
    return isLastResort ? 'none' : 'kept';
  }
  return fullnessOf(bound, now) === undefined ? 'none' : 'spill';
}

function earlier(one: number | undefined, other: number): number {
  return one === undefined ? other : Math.min(one, other);
}
