import { fullnessOf, outageOf } from '../../core/pool/availability.js';
import { Kept } from './kept.js';
import type { LeaseRequest } from './lease-request.js';
import type { PoolMember } from './pool-member.js';
import type { Listing } from './roster.service.js';

/** Who is there for a request. */
export interface Sight {
  /** Those that can serve it now. */
  candidates: readonly PoolMember[];
  /** They do not all stand on one level: some are a last resort, or of another priority. */
  isMixed: boolean;
  /** Some of them were away. */
  hasReturned: boolean;
  /** Those that list the model and have no outage, full or left by this request as they may be. */
  usable: readonly PoolMember[];
  /** Somebody could serve it, if there were room. */
  isFull: boolean;
  /** Those that were looked at. */
  seen: readonly PoolMember[];
}

/**
 * Those that list the model under its own name; only where nobody usable does, those where a pattern leads to one: what
 * one account lists is not answered with another model by the next.
 */
export function sightOf(listing: Listing, request: LeaseRequest, now: number): Sight {
  const { byName, byPattern, listed } = listing;
  const sight = look(listing, byName, request, now);
  if (byPattern.length === 0 || sight.candidates.length > 0 || sight.isFull) return sight;
  if (sight.usable.some((member) => listed.has(member))) return sight;
  const other = look(listing, byPattern, request, now);
  return { ...other, usable: [...sight.usable, ...other.usable], seen: [...byName, ...byPattern] };
}

/** Those of a request that it may not be given to, whatever they are. */
export function isBarred({ id, account }: PoolMember, { excluded, provider }: LeaseRequest): boolean {
  return excluded.has(id) || (provider !== undefined && account.provider !== provider);
}

/** A few at most: taken out one by one in the end, and not looked for at each of a thousand. */
function without(members: readonly PoolMember[], left: readonly (PoolMember | undefined)[]): readonly PoolMember[] {
  let rest: PoolMember[] | undefined;
  for (const member of left) {
    const index = member ? (rest ?? members).indexOf(member) : -1;
    if (index < 0) continue;
    rest ??= members.slice();
    rest.splice(index, 1);
  }
  return rest ?? members;
}

/** A thousand are looked at per choice: once, without a copy or a lookup that nobody asked for. */
function look(listing: Listing, members: readonly PoolMember[], request: LeaseRequest, now: number): Sight {
  const { provider } = request;
  const left = Array.from(request.excluded, (id) => listing.members.get(id));
  const usable = new Kept(members);
  /** Undefined while they are the same. */
  let fit: Kept<PoolMember> | undefined;
  let first: PoolMember | undefined;
  let isMixed = false;
  let hasReturned = false;
  let isFull = false;
  for (const member of members) {
    if (outageOf(member, now) !== undefined) {
      member.wasOut = true;
      usable.drop();
      fit?.drop();
      continue;
    }
    const isUnfit = provider !== undefined && member.account.provider !== provider;
    const fullness = isUnfit ? undefined : fullnessOf(member, now);
    if (isUnfit || fullness !== undefined) {
      fit ??= usable.fork();
      fit.drop();
      isFull ||= fullness !== undefined && !left.includes(member);
      if (fullness === 'rate_limited') member.wasOut = true;
    } else {
      fit?.keep(member);
      first ??= member;
      isMixed ||= member.priority !== first.priority || member.isLastResort !== first.isLastResort;
      hasReturned ||= member.wasOut;
    }
    usable.keep(member);
  }
  const kept = usable.end();
  return { candidates: without(fit?.end() ?? kept, left), isMixed, hasReturned, usable: kept, isFull, seen: members };
}
