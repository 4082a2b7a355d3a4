import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { freeAt, freeAtSoonest, outageOf } from '../../core/pool/availability.js';
import { bestPlaced } from '../../core/pool/best-placed.js';
import { type Binding, bindingOf } from '../../core/pool/binding.js';
import type { Circumstances, Strategy } from '../../core/pool/strategies/strategy.js';
import type { LeaseRequest } from './lease-request.js';
import type { PoolMember } from './pool-member.js';
import type { Listing } from './roster.service.js';
import { isBarred, type Sight, sightOf } from './sight.js';

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
  /** The same if all that runs on them ended this moment: before that there is no room for certain. */
  freeAtSoonest?: number;
  /** Where all who could serve have an open breaker: when the first of them may be tried. */
  retryAt?: number;
  /** Where nobody is chosen, those that would or might serve if they were not out of use. */
  out: readonly PoolMember[];
  /** Those whose list nobody asked for yet; where nobody is chosen, only those that might serve if it were. */
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
 * Who serves a request: of the accounts that list its model, have no outage and have room, the one that was named in
 * advance or that the conversation is bound to, else of the best placed whoever's turn it is. Changes nothing but what
 * the accounts keep of having been away.
 */
export function select(listing: Listing, { request, boundTo, strategy, circumstances }: SelectionRules): Selection {
  const { now } = circumstances;
  const { sight, named } = lookFor(listing, request, now);
  const { candidates, usable } = sight;
  const bound = boundTo === undefined ? undefined : listing.members.get(boundTo);
  const binding = bound && usable.includes(bound) ? bindingOf(bound, factsOf(bound, request, candidates), now) : 'none';
  const found = { binding, usable, modelAt: listing.modelAt, out: [] };
  if (candidates.length === 0) {
    const unasked = listing.unasked.filter(
      (member) => !isBarred(member, request) && outageOf(member, now) === undefined,
    );
    return { ...found, candidates, unasked, ...whenToLook(sight, listing.unasked, request, now) };
  }
  const best = sight.isMixed ? bestPlaced(candidates) : candidates;
  if (sight.hasReturned) welcomeBack(best);
  const kept = binding === 'kept' ? bound : undefined;
  const chosen = named ?? kept ?? strategy.choose(best, circumstances);
  return { ...found, candidates: best, chosen, unasked: listing.unasked };
}

/**
 * One that was named in advance was chosen among accounts of every kind: that it has its turn now is an affair of them
 * all, whatever kind the request takes by now.
 */
function lookFor(listing: Listing, request: LeaseRequest, now: number): { sight: Sight; named?: PoolMember } {
  const { preferred, provider } = request;
  const named = preferred === undefined ? undefined : listing.members.get(preferred);
  if (!named || isBarred(named, request)) return { sight: sightOf(listing, request, now) };
  const sight = sightOf(listing, { ...request, provider: undefined }, now);
  if (sight.candidates.includes(named)) return { sight, named };
  return { sight: provider === undefined ? sight : sightOf(listing, request, now) };
}

/** Those that were away go on with as many turns as whoever had fewest meanwhile; where all were, they are equals. */
function welcomeBack(members: readonly PoolMember[]): void {
  let most = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (const { wasOut, served } of members) {
    if (wasOut) most = Math.max(most, served);
    else fewest = Math.min(fewest, served);
  }
  const served = Number.isFinite(fewest) ? fewest : most;
  for (const member of members) if (member.wasOut) member.comeBack(served);
}

/** When there may be somebody, where nobody can serve now. */
function whenToLook(
  { usable, seen }: Sight,
  unasked: readonly PoolMember[],
  request: LeaseRequest,
  now: number,
): Pick<Selection, 'freeAt' | 'freeAtSoonest' | 'retryAt' | 'out'> {
  const full = usable.filter((member) => !isBarred(member, request));
  // Nobody asks an account that is out what it lists: it may well list this model.
  const out = [...seen, ...unasked].filter(
    (member) => !isBarred(member, request) && outageOf(member, now) !== undefined,
  );
  const open = out.filter((member) => outageOf(member, now) === 'breaker_open');
  return {
    out,
    freeAt: earliest(full.map((member) => freeAt(member, now))),
    freeAtSoonest: earliest(full.map((member) => freeAtSoonest(member, now))),
    retryAt: earliest(open.map(({ breaker }) => breaker.snapshot.openUntil)),
  };
}

function factsOf(bound: PoolMember, { excluded, provider }: LeaseRequest, candidates: readonly PoolMember[]) {
  const isOtherKind = provider !== undefined && bound.account.provider !== provider;
  return { isLeft: excluded.has(bound.id), isOtherKind, candidates };
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other));
}
