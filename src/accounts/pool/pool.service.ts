import { Injectable } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import { ModelNames } from '../../core/models/model-names.js';
import { ModelResolver } from '../../core/models/resolve-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { roundRobin } from '../../core/pool/round-robin.js';
import type { Account, Provider } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountEffects } from '../health/account-effects.service.js';
import { ModelList } from '../models/model-list.service.js';
import { AccountSessions } from './account-sessions.service.js';
import { Attempts } from './attempts.service.js';
import { Lease } from './lease.js';
import { modelNotFound, noAccountUsable, quotaSpent } from './pool-errors.js';

interface AccountUse {
  inFlight: number;
  lastTurn: number;
}

interface PoolCandidate {
  account: Account;
  model: UpstreamModel;
  lastTurn: number;
}

/** Chooses the account for each attempt and takes it back. */
@Injectable()
export class Pool {
  private readonly uses = new Map<string, AccountUse>();
  private turn = 0;
  private knowsEndpoints = false;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly sessions: AccountSessions,
    private readonly attempts: Attempts,
    private readonly effects: AccountEffects,
    private readonly names: ModelNames,
  ) {
    directory.onReload((ids) => {
      for (const [id, use] of this.uses) if (!ids.has(id) && use.inFlight === 0) this.uses.delete(id);
      this.knowsEndpoints = Array.from(ids.values()).some(({ provider }) => provider === 'anthropic');
    });
  }

  /** Whether there are accounts that are endpoints of the Messages API; costs nothing. */
  get hasEndpoints(): boolean {
    return this.knowsEndpoints;
  }

  /**
   * An account that lists the model, in turn.
   * @param excluded ids of accounts this request has left
   * @param provider the only kind of account that will do; undefined: any
   * @throws GatewayError `no_account` when no account is usable, `not_found` when none of them lists the model
   */
  async lease(requestedModel: string, excluded: ReadonlySet<string>, provider?: Provider): Promise<Lease> {
    const lease = await this.choose(requestedModel, excluded, provider, (chosen) => this.take(chosen));
    if (!lease) throw this.nobody(requestedModel, excluded);
    return lease;
  }

  /** The kind of account that `lease` would give out now; undefined: none. */
  async nextProvider(
    requestedModel: string,
    excluded: ReadonlySet<string>,
    provider?: Provider,
  ): Promise<Provider | undefined> {
    return this.choose(requestedModel, excluded, provider, ({ account }) => account.provider);
  }

  /**
   * The model a name means, for answers that need no account: asks nobody and takes the name as it is while the lists
   * of usable accounts are not known, or there are none.
   * @throws GatewayError `not_found` when accounts list their models and none of them this one
   */
  modelNamed(requestedModel: string): UpstreamModel {
    const unasked = new Set<string>();
    const [first] = this.candidates(requestedModel, new Set(), unasked);
    if (first) return first.model;
    if (unasked.size === 0 && this.counts().active > 0) throw modelNotFound(requestedModel);
    return new ModelResolver(requestedModel, this.names).unlisted();
  }

  /** Leases out now, per account. */
  inFlight(accountId: string): number {
    return this.uses.get(accountId)?.inFlight ?? 0;
  }

  /** Leases out now, of all accounts. */
  totalInFlight(): number {
    let total = 0;
    for (const use of this.uses.values()) total += use.inFlight;
    return total;
  }

  counts(): { total: number; enabled: number; active: number } {
    const counts = { total: 0, enabled: 0, active: 0 };
    for (const account of this.directory.list()) {
      counts.total++;
      if (account.enabled) counts.enabled++;
    }
    for (const { id } of this.directory.usable()) if (!this.effects.isInDoubt(id)) counts.active++;
    return counts;
  }

  /** @param use called with whoever's turn it is in the moment it is: others choose meanwhile */
  private async choose<T>(
    requested: string,
    excluded: ReadonlySet<string>,
    provider: Provider | undefined,
    use: (chosen: PoolCandidate) => T,
  ): Promise<T | undefined> {
    const unasked = new Set<string>();
    for (;;) {
      const chosen = roundRobin(this.candidates(requested, excluded, unasked, provider));
      if (chosen) return use(chosen);
      // Only where nobody whose list is known will do: one more list per turn of the loop.
      const [next] = unasked;
      if (next === undefined) return undefined;
      unasked.clear();
      await this.models.get(next);
    }
  }

  /**
   * The accounts that list the model under its own name; only where nobody does, those where a pattern leads to one:
   * what one account lists is not answered with another model by the next.
   * @param unasked gets the ids of usable accounts whose list nobody asked for yet
   */
  private candidates(
    requested: string,
    excluded: ReadonlySet<string>,
    unasked: Set<string>,
    provider?: Provider,
  ): PoolCandidate[] {
    const resolver = new ModelResolver(requested, this.names);
    const byName: PoolCandidate[] = [];
    const byPattern: PoolCandidate[] = [];
    let isListed = false;
    for (const account of this.directory.usable()) {
      if (this.effects.isInDoubt(account.id)) continue;
      const isExcluded = excluded.has(account.id) || (provider !== undefined && account.provider !== provider);
      const listed = this.models.peek(account.id);
      if (listed === undefined) {
        if (!isExcluded) unasked.add(account.id);
        continue;
      }
      const named = listed === 'unknown' ? undefined : resolver.byName(listed);
      isListed ||= named !== undefined;
      if (isExcluded) continue;
      const model = named ?? (listed === 'unknown' ? this.unlisted(account, resolver) : resolver.byPattern(listed));
      if (!model) continue;
      const candidate = { account, model, lastTurn: this.uses.get(account.id)?.lastTurn ?? 0 };
      const isByPattern = named === undefined && resolver.meansByPattern;
      (isByPattern ? byPattern : byName).push(candidate);
    }
    return isListed || byName.length > 0 ? byName : byPattern;
  }

  /** An endpoint without a list gets every name as it is, but not again one that it said it does not know. */
  private unlisted({ id, provider }: Account, resolver: ModelResolver): UpstreamModel | undefined {
    if (provider === 'amazonq') return resolver.unlisted();
    const model = resolver.asIs();
    return this.models.isRefused(id, model.id) ? undefined : model;
  }

  private take({ account, model }: PoolCandidate): Lease {
    const { id, provider } = account;
    const use = this.uses.get(id) ?? { inFlight: 0, lastTurn: 0 };
    this.uses.set(id, use);
    use.inFlight++;
    use.lastTurn = ++this.turn;
    const startedAt = this.attempts.started(id);
    return new Lease(id, model, this.sessions.open(account), {
      ended: (outcome) => {
        this.attempts.ended(id, outcome, startedAt);
        if (outcome.status === 'success') this.effects.succeeded(id);
      },
      released: () => use.inFlight--,
      applyFailure: (error, session) => {
        if (error.failure?.account === 'model-unknown' && provider === 'anthropic') this.models.refused(id, model.id);
        return this.effects.apply(id, error, session);
      },
    });
  }

  private nobody(requested: string, excluded: ReadonlySet<string>): GatewayError {
    const { total, active } = this.counts();
    if (active === 0) return this.isQuotaSpent() ? quotaSpent() : noAccountUsable(total);
    // An account left by this request listed the model: it exists.
    return excluded.size > 0 ? noAccountUsable(total) : modelNotFound(requested);
  }

  private isQuotaSpent(): boolean {
    for (const { enabled, status } of this.directory.list()) if (enabled && status === 'quota_exhausted') return true;
    return false;
  }
}
