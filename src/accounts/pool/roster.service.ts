import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ModelNames } from '../../core/models/model-names.js';
import { ModelResolver } from '../../core/models/resolve-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { outageOf } from '../../core/pool/availability.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountEffects } from '../health/account-effects.service.js';
import { type ListedModels, ModelList } from '../models/model-list.service.js';
import { ModelRefusals } from '../models/model-refusals.service.js';
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
  /** Every account there is now, by id. */
  members: ReadonlyMap<string, PoolMember>;
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
  /** Of who is in it. */
  private changes = 0;
  /** Since the last reading. */
  private isInUse = false;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly refusals: ModelRefusals,
    private readonly effects: AccountEffects,
    private readonly breakers: Breakers,
    private readonly names: ModelNames,
    private readonly clock: Clock,
  ) {
    // Not by the request that comes next.
    directory.onReload(() => {
      this.catchUp();
      this.refreshLists();
    });
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
    this.isInUse = true;
    this.catchUp();
    const version = `${this.changes} ${this.models.version} ${this.refusals.version} ${this.names.version}`;
    const known = this.listings.get(requested);
    if (known?.version === version) return known.listing;
    const listing = this.workOut(new ModelResolver(requested, this.names));
    this.listings.set(requested, { listing, version });
    return listing;
  }

  /** Another strategy counts other turns: what an account had by the one before is made up for by nobody. */
  beginAnew(): void {
    for (const member of this.members.values()) member.beginAnew();
  }

  /** Takes over what the directory shows now; free where that is what it showed before. */
  private catchUp(): void {
    const accounts = this.directory.accounts;
    if (accounts === this.shown) return;
    this.shown = accounts;
    const now = this.clock.now();
    for (const id of this.members.keys()) {
      if (accounts.has(id)) continue;
      this.members.delete(id);
      this.changes++;
    }
    for (const [id, account] of accounts) {
      const member = this.members.get(id);
      if (!member) this.add(account, now);
      else if (member.account !== account) member.show(account, now);
    }
  }

  private add(account: Account, now: number): void {
    const { id } = account;
    const member = new PoolMember(account, this.breakers.of(id), now);
    member.isInDoubt = this.effects.isInDoubt(id);
    this.members.set(id, member);
    this.changes++;
  }

  /** Lists that are old are asked for again, for as long as requests come in. */
  private refreshLists(): void {
    if (this.isInUse) for (const member of this.members.values()) this.listOf(member);
    this.isInUse = false;
  }

  /** One that is out is left alone: what it listed before tells which models there are. */
  private listOf(member: PoolMember): ListedModels | undefined {
    const isOut = outageOf(member, this.clock.now()) !== undefined;
    return isOut ? this.models.held(member.id) : this.models.peek(member.id);
  }

  private workOut(resolver: ModelResolver): Listing {
    const byName: PoolMember[] = [];
    const byPattern: PoolMember[] = [];
    const unasked: PoolMember[] = [];
    const listed = new Set<PoolMember>();
    const modelAt = new Map<PoolMember, UpstreamModel>();
    for (const member of this.members.values()) {
      const list = this.listOf(member);
      if (list === undefined) {
        unasked.push(member);
        continue;
      }
      const named = list === 'unknown' ? undefined : resolver.byName(list);
      const model = named ?? (list === 'unknown' ? this.unlisted(member, resolver) : resolver.byPattern(list));
      if (!model || this.refusals.has(member.id, model.id)) continue;
      modelAt.set(member, model);
      if (named) listed.add(member);
      (named === undefined && resolver.meansByPattern ? byPattern : byName).push(member);
    }
    return { byName, listed, byPattern, unasked, modelAt, members: this.members };
  }

  /** An endpoint without a list gets every name as it is. */
  private unlisted({ account }: PoolMember, resolver: ModelResolver): UpstreamModel {
    return account.provider === 'amazonq' ? resolver.unlisted() : resolver.asIs();
  }
}
