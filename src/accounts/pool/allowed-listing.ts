import type { AllowedModels } from '../../core/models/allowed-models.js';
import type { ModelNames } from '../../core/models/model-names.js';
import type { PoolMember } from './pool-member.js';
import type { Listing } from './roster.service.js';

/** A listing is the same object until something changes, as are the models of a key. */
const known = new WeakMap<Listing, WeakMap<AllowedModels, Listing>>();

/**
 * The part of a listing that leads to models which are allowed: whatever a name means at the next account, or once lists
 * have changed, no other is ever asked.
 */
export function allowedListing(
  listing: Listing,
  requested: string,
  allowed: AllowedModels,
  names: ModelNames,
): Listing {
  const ofListing = known.get(listing) ?? new WeakMap<AllowedModels, Listing>();
  known.set(listing, ofListing);
  const part = ofListing.get(allowed) ?? allowedPart(listing, (id) => allowed.permits(requested, id, names));
  ofListing.set(allowed, part);
  return part;
}

function allowedPart(listing: Listing, permits: (modelId: string) => boolean): Listing {
  const modelAt = new Map(Array.from(listing.modelAt).filter(([, { id }]) => permits(id)));
  const within = (members: Iterable<PoolMember>) => Array.from(members).filter((member) => modelAt.has(member));
  const byName = within(listing.byName);
  // A model that is listed under its own name and not allowed is refused: no pattern puts another in its place.
  const isNamed = listing.listed.size > 0 && byName.length === 0;
  return {
    ...listing,
    byName,
    listed: new Set(within(listing.listed)),
    byPattern: isNamed ? [] : within(listing.byPattern),
    modelAt,
  };
}
