import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ModelNames } from '../../core/models/model-names.js';
import { ModelResolver } from '../../core/models/resolve-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountEffects } from '../health/account-effects.service.js';
import { ModelList } from '../models/model-list.service.js';
import { Breakers } from './breakers.service.js';
import { PoolMember } from './pool-member.js';

/** Names come from clients. */
const MOST_KNOWN_MODELS = 50;

/** Who could be asked for a model if nothing else stood in the way. */
export interface Listing {
  /** Those that list it under its own name, or take any name. */
  byName: readonly PoolMember[];
  /** Of those, whoever's list says so: while one of them is usable, no pattern counts. */
  listed: ReadonlySet<PoolMember>;
  /** Those where a pattern leads to a model. */
  byPattern: readonly PoolMember[];
  /** Those whose list nobody asked for yet. */
  unasked: readonly PoolMember[];
  /** What the name means there. */
  modelAt: ReadonlyMap<PoolMember, UpstreamModel>;
}

interface KnownListing {
  listing: Listing;
  /** Of what it was worked out from. */
  version: string;
}

/**
 * The accounts of the pool with what they are doing, and who of them lists a model. Worked out once for each name and
 * state of the lists, so that a choice among a thousand accounts looks at plain fields only.
 */
@Injectable()
export class Roster {
  private readonly members = new Map<string, PoolMember>();
  private readonly listings = new LRUCache<string, KnownListing>({ max: MOST_KNOWN_MODELS });
  private shown?: ReadonlyMap<string, Account>;
  private rosterVersion = 0;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly effects: AccountEffects,
    private readonly breakers: Breakers,
    private readonly names: ModelNames,
  ) {
    effects.onDoubt((id, isInDoubt) => {
      const member = this.members.get(id);
      if (member) member.isInDoubt = isInDoubt;
    });
  }

  find(id: string): PoolMember | undefined {
    this.catchUp();
    return this.members.get(id);
  }

  all(): Iterable<PoolMember> {
    this.catchUp();
    return this.members.values();
  }

  listingOf(requested: string): Listing {
    this.catchUp();
    const version = `${this.rosterVersion} ${this.models.version} ${this.names.version}`;
    const known = this.listings.get(requested);
    if (known?.version === version) return known.listing;
    const listing = this.workOut(new ModelResolver(requested, this.names));
    this.listings.set(requested, { listing, version });
    return listing;
  }

  /** Takes over what the directory shows now; free where that is what it showed before. */
  private catchUp(): void {
    const accounts = this.directory.accounts;
    if (accounts === this.shown) return;
    this.shown = accounts;
    this.rosterVersion++;
    let fewestServed = Number.POSITIVE_INFINITY;
    for (const { served } of this.members.values()) fewestServed = Math.min(fewestServed, served);
    for (const id of this.members.keys()) if (!accounts.has(id)) this.members.delete(id);
    for (const [id, account] of accounts) {
      const member = this.members.get(id);
      if (member) member.show(account);
      else {
        const added = new PoolMember(account, this.breakers.of(id));
        added.isInDoubt = this.effects.isInDoubt(id);
        added.served = Number.isFinite(fewestServed) ? fewestServed : 0;
        this.members.set(id, added);
      }
    }
  }

  private workOut(resolver: ModelResolver): Listing {
    const byName: PoolMember[] = [];
    const byPattern: PoolMember[] = [];
    const unasked: PoolMember[] = [];
    const listed = new Set<PoolMember>();
    const modelAt = new Map<PoolMember, UpstreamModel>();
    for (const member of this.members.values()) {
      const list = this.models.peek(member.id);
      if (list === undefined) {
        unasked.push(member);
        continue;
      }
      const named = list === 'unknown' ? undefined : resolver.byName(list);
      if (named) listed.add(member);
      const model = named ?? (list === 'unknown' ? this.unlisted(member, resolver) : resolver.byPattern(list));
      if (!model) continue;
      modelAt.set(member, model);
      (named === undefined && resolver.meansByPattern ? byPattern : byName).push(member);
    }
    return { byName, listed, byPattern, unasked, modelAt };
  }

  /** An endpoint without a list gets every name as it is, but not again one that it said it does not know. */
  private unlisted({ account }: PoolMember, resolver: ModelResolver): UpstreamModel | undefined {
    if (account.provider === 'amazonq') return resolver.unlisted();
    const model = resolver.asIs();
    return this.models.isRefused(account.id, model.id) ? undefined : model;
  }
}
