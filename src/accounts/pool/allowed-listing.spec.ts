import { describe, expect, it } from '@jest/globals';
import { listingOf, memberOf } from '../../../test/support/pool-members.js';
import { AllowedModels } from '../../core/models/allowed-models.js';
import { ModelNames } from '../../core/models/model-names.js';
import { allowedListing } from './allowed-listing.js';
import type { PoolMember } from './pool-member.js';

const NAMES = new ModelNames({}, true);
const [one, two, three] = ['one', 'two', 'three'].map((id) => memberOf(id)) as [PoolMember, PoolMember, PoolMember];

const part = (listing: ReturnType<typeof listingOf>, requested: string, ...globs: string[]) =>
  allowedListing(listing, requested, new AllowedModels(globs), NAMES);

describe('allowedListing', () => {
  it('leaves out the accounts where a name leads to another model', () => {
    const modelAt = new Map([
      [one, { id: 'claude-sonnet-4.5' }],
      [two, { id: 'claude-sonnet-5' }],
    ]);
    const listing = { ...listingOf([], [one, two]), modelAt, unasked: [three] };
    const allowed = part(listing, 'gpt-4o', 'claude-sonnet-5');
    expect(allowed.byPattern).toEqual([two]);
    expect(Array.from(allowed.modelAt.keys())).toEqual([two]);
    expect(allowed.unasked).toEqual([three]);
    expect(part(listing, 'gpt-4o', 'gpt-*').byPattern).toEqual([one, two]);
  });

  it('puts no model that a pattern leads to in the place of one that is there and not allowed', () => {
    const modelAt = new Map([
      [one, { id: 'gpt-5.6-sol' }],
      [two, { id: 'claude-sonnet-5' }],
    ]);
    const listing = { ...listingOf([one], [two]), modelAt };
    expect(part(listing, 'gpt-5.6-sol', 'claude-*')).toMatchObject({ byName: [], byPattern: [] });
    expect(part(listing, 'gpt-5.6-sol', 'gpt-5.6-sol')).toMatchObject({ byName: [one], byPattern: [two] });
  });

  it('is worked out once for a listing and a key', () => {
    const listing = listingOf([one]);
    const allowed = new AllowedModels(['claude-*']);
    const first = allowedListing(listing, 'claude-sonnet-5', allowed, NAMES);
    expect(allowedListing(listing, 'claude-sonnet-5', allowed, NAMES)).toBe(first);
    expect(allowedListing(listingOf([one]), 'claude-sonnet-5', allowed, NAMES)).not.toBe(first);
  });
});
