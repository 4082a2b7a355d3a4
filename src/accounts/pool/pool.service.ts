import { Injectable } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import { ModelNames } from '../../core/models/model-names.js';
import { ModelResolver } from '../../core/models/resolve-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { outageOf } from '../../core/pool/availability.js';
import { STRATEGIES } from '../../core/pool/strategies/strategies.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import type { Provider } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { ModelList } from '../models/model-list.service.js';
import { Affinities } from './affinities.service.js';
import { Breakers } from './breakers.service.js';
import type { Lease } from './lease.js';
import type { LeaseRequest } from './lease-request.js';
import { Leases } from './leases.service.js';
import { modelNotFound, noAccountUsable, quotaSpent } from './pool-errors.js';
import type { PoolMember } from './pool-member.js';
import { Roster } from './roster.service.js';
import { type Selection, select } from './select.js';
import { WaitingLine } from './waiting-line.service.js';

/** Chooses the account for each attempt and takes it back. */
@Injectable()
export class Pool {
  private knowsEndpoints = false;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly names: ModelNames,
    private readonly roster: Roster,
    private readonly breakers: Breakers,
    private readonly affinities: Affinities,
    private readonly line: WaitingLine,
    private readonly leases: Leases,
    private readonly settings: LiveSettings,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {
    directory.onReload((ids) => {
      this.knowsEndpoints = Array.from(ids.values()).some(({ provider }) => provider === 'anthropic');
    });
  }

  /** Whether there are accounts that are endpoints of the Messages API; costs nothing. */
  get hasEndpoints(): boolean {
    return this.knowsEndpoints;
  }

  /**
   * The account whose turn it is among those that can serve; waits for one while all of them are at their own limits.
   * @throws GatewayError `no_account` when no account is usable, `not_found` when none of them lists the model,
   * `rate_limit` when none had room in time
   */
  async lease(request: LeaseRequest): Promise<Lease> {
    if (this.line.isWaitedFor(request.model)) return this.leaseInLine(request, this.clock.now());
    const taken = await this.tryLease(request);
    return 'freeAt' in taken ? this.leaseInLine(request, taken.freeAt) : taken;
  }

  /** The account that `lease` would give out now; undefined: none. Nobody's turn is used up by it. */
  async preview(request: LeaseRequest): Promise<{ accountId: string; provider: Provider } | undefined> {
    const boundTo = await this.boundTo(request);
    for (;;) {
      const selection = this.select(request, boundTo);
      const { chosen } = selection;
      if (chosen) return { accountId: chosen.id, provider: chosen.account.provider };
      if (!(await this.asksForModels(selection))) return undefined;
    }
  }

  /**
   * The model a name means, for answers that need no account: asks nobody and takes the name as it is while the lists
   * of usable accounts are not known, or there are none.
   * @throws GatewayError `not_found` when accounts list their models and none of them this one
   */
  modelNamed(requestedModel: string): UpstreamModel {
    const selection = this.select({ model: requestedModel, excluded: new Set() }, undefined);
    const [first] = selection.usable;
    const model = first && selection.modelAt.get(first);
    if (model) return model;
    if (selection.unasked.length === 0 && this.counts().active > 0) throw modelNotFound(requestedModel);
    return new ModelResolver(requestedModel, this.names).unlisted();
  }

  /** Leases out now, per account. */
  inFlight(accountId: string): number {
    return this.roster.find(accountId)?.inFlight ?? 0;
  }

  /** Leases out now, of all accounts. */
  totalInFlight(): number {
    return this.leases.running;
  }

  counts(): { total: number; enabled: number; active: number } {
    const counts = { total: 0, enabled: 0, active: 0 };
    const now = this.clock.now();
    for (const member of this.roster.all()) {
      counts.total++;
      if (member.isEnabled) counts.enabled++;
      if (outageOf(member, now) === undefined) counts.active++;
    }
    return counts;
  }

  private async leaseInLine(request: LeaseRequest, freeAt: number): Promise<Lease> {
    using place = this.line.enter(request);
    for (let next = freeAt; ; ) {
      await place.turn(next);
      const taken = await this.tryLease(request);
      if (!('freeAt' in taken)) return taken;
      next = taken.freeAt;
    }
  }

  /** @returns when there may be room, where all who could serve are full */
  private async tryLease(request: LeaseRequest): Promise<Lease | { freeAt: number }> {
    const boundTo = await this.boundTo(request);
    for (;;) {
      // Chosen and taken in one go: others choose meanwhile.
      const selection = this.select(request, boundTo);
      const { chosen, freeAt } = selection;
      if (chosen) {
        const isTrial = chosen.breaker.standing(this.clock.now()) === 'trial-due';
        if (!isTrial || (await this.breakers.claimTrial(chosen.id))) return this.take(request, selection, chosen);
      } else if (!(await this.asksForModels(selection))) {
        if (freeAt !== undefined) return { freeAt };
        throw this.nobody(request, selection);
      }
    }
  }

  private async boundTo({ conversation }: LeaseRequest): Promise<string | undefined> {
    return conversation === undefined ? undefined : this.affinities.accountOf(conversation);
  }

  /**
   * Only where nobody whose list is known will do: asks one account for its list.
   * @returns whether it is worth looking again
   */
  private async asksForModels({ unasked, freeAt }: Selection): Promise<boolean> {
    const [next] = unasked;
    if (!next || freeAt !== undefined) return false;
    await this.models.get(next.id);
    return true;
  }

  private select(request: LeaseRequest, boundTo: string | undefined): Selection {
    const strategy = STRATEGIES[this.settings.current.strategy];
    const circumstances = { now: this.clock.now(), chance: () => this.chance.next() };
    return select(this.roster.listingOf(request.model), { request, boundTo, strategy, circumstances });
  }

  private take(request: LeaseRequest, { candidates, binding, modelAt }: Selection, chosen: PoolMember): Lease {
    STRATEGIES[this.settings.current.strategy].took?.(candidates, chosen);
    if (request.conversation && binding !== 'spill') this.affinities.bind(request.conversation, chosen.id);
    return this.leases.give(chosen, modelAt.get(chosen) as UpstreamModel);
  }

  private nobody({ model, excluded }: LeaseRequest, { retryAt }: Selection): GatewayError {
    const { total, active } = this.counts();
    if (active === 0 && this.isQuotaSpent()) return quotaSpent();
    // An account left by this request listed the model: it exists.
    if (active > 0 && excluded.size === 0 && retryAt === undefined) return modelNotFound(model);
    const retryAfter = retryAt === undefined ? undefined : Math.ceil((retryAt - this.clock.now()) / 1000);
    return noAccountUsable(total, retryAfter);
  }

  private isQuotaSpent(): boolean {
    for (const { enabled, status } of this.directory.list()) if (enabled && status === 'quota_exhausted') return true;
    return false;
  }
}
