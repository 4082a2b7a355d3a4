import { Injectable } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import type { AllowedModels } from '../../core/models/allowed-models.js';
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
import { allowedListing } from './allowed-listing.js';
import { Bonds } from './bonds.service.js';
import { Breakers } from './breakers.service.js';
import { ChoiceLog } from './explain/choice-log.service.js';
import type { Look } from './explain/reasons.js';
import type { Lease } from './lease.js';
import type { LeaseRequest } from './lease-request.js';
import { Leases } from './leases.service.js';
import { modelNotAllowed, modelNotFound, noAccountUsable, nobodyFree, quotaSpent } from './pool-errors.js';
import type { PoolMember } from './pool-member.js';
import { type Listing, Roster } from './roster.service.js';
import { type Selection, select } from './select.js';
import { WaitingLine } from './waiting-line.service.js';
import type { NoRoom } from './waiting-place.js';

/** Chooses the account for each attempt and takes it back. */
@Injectable()
export class Pool {
  private knowsEndpoints = false;

  constructor(
    directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly names: ModelNames,
    private readonly roster: Roster,
    private readonly breakers: Breakers,
    private readonly bonds: Bonds,
    private readonly line: WaitingLine,
    private readonly leases: Leases,
    private readonly settings: LiveSettings,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly choices: ChoiceLog,
  ) {
    let { strategy } = settings.current;
    settings.onChange((values) => {
      if (values.strategy !== strategy) roster.beginAnew();
      strategy = values.strategy;
    });
    breakers.onChange(() => line.wake());
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
    if (this.line.isWaitedFor(request.model)) return this.leaseInLine(request);
    const taken = await this.tryLease(request);
    return 'freeAt' in taken ? this.leaseInLine(request, taken) : taken;
  }

  /** The account that `lease` would give out now; undefined: none. Nobody's turn is used up by it. */
  async preview(request: LeaseRequest): Promise<{ accountId: string; provider: Provider } | undefined> {
    const { chosen } = (await this.look(request)).selection;
    return chosen && { accountId: chosen.id, provider: chosen.account.provider };
  }

  /**
   * What `lease` would see now. Nobody's turn is used up by it.
   * @param mostLists accounts that are asked for their lists of models, one after the other, until one will do
   */
  async look(request: LeaseRequest, mostLists = Number.POSITIVE_INFINITY): Promise<Look> {
    const bond = await this.bonds.keyOf(request);
    for (let asked = 0; ; asked++) {
      const boundTo = this.bonds.accountOf(bond);
      const selection = this.select(request, boundTo);
      if (selection.chosen || asked >= mostLists || !(await this.asksForModels(selection))) {
        return { request, boundTo, selection };
      }
    }
  }

  /** What `lease` would say after a look that found nobody: nobody to wait for either, and nobody left to be asked. */
  refusalOf({ request, selection }: Look): GatewayError {
    return this.nobody(request, selection);
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

  /**
   * Whether one who may use these models only may ask for one by this name, as far as lists are known; where none of
   * them is, whoever asks the first account for its list finds out. Costs no look at the pool.
   */
  mayBeAsked(requestedModel: string, allowed: AllowedModels): boolean {
    const { modelAt, unasked } = this.roster.listingOf(requestedModel);
    if (modelAt.size > 0) return this.listingOf({ model: requestedModel, allowed }).modelAt.size > 0;
    const { id } = new ModelResolver(requestedModel, this.names).unlisted();
    return unasked.length > 0 || allowed.permits(requestedModel, id, this.names);
  }

  /**
   * Whether an account that was given out may be asked once more for the same lease: nothing happened to it meanwhile,
   * and its minute has room for another request, which this one counts as.
   */
  async mayAskAgain(accountId: string): Promise<boolean> {
    const now = this.clock.now();
    const member = this.roster.find(accountId);
    if (!member || member.coolingUntil > now) return false;
    const outage = outageOf(member, now);
    // The one trial of its breaker may be this very lease.
    if (outage !== undefined && outage !== 'breaker_trial') return false;
    return this.leases.repeat(member);
  }

  /** Leases out now, per account. */
  inFlight(accountId: string): number {
    return this.roster.find(accountId)?.inFlight ?? 0;
  }

  /** Whether its breaker keeps requests away from it, or lets one through to see. */
  isRecovering(accountId: string): boolean {
    const member = this.roster.find(accountId);
    return member !== undefined && member.breaker.snapshot.state !== 'closed';
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

  /** @param found what a first look told */
  private async leaseInLine(request: LeaseRequest, found?: NoRoom): Promise<Lease> {
    if (request.isAside) throw nobodyFree();
    using place = this.line.enter(request);
    for (let noRoom = found; ; ) {
      await place.turn(noRoom);
      const taken = await this.tryLease(request);
      if (!('freeAt' in taken)) {
        place.served();
        return taken;
      }
      noRoom = taken;
    }
  }

  /** @returns when there may be room, where all who could serve are full */
  private async tryLease(request: LeaseRequest): Promise<Lease | NoRoom> {
    const bond = await this.bonds.keyOf(request);
    for (;;) {
      // Chosen and taken in one go: others choose, and bind, meanwhile.
      const boundTo = this.bonds.accountOf(bond);
      const { news } = this.line;
      const selection = this.select(request, boundTo);
      this.bonds.loosen(bond, boundTo, selection);
      const { chosen, freeAt } = selection;
      if (chosen) {
        const lease = await this.take({ request, boundTo, selection }, chosen, bond);
        if (lease) return lease;
      } else if (!(await this.asksForModels(selection))) {
        this.choices.note({ request, boundTo, selection });
        if (freeAt !== undefined) return noRoom(selection, news);
        throw this.nobody(request, selection);
      }
    }
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

  private listingOf({ model, allowed }: Pick<LeaseRequest, 'model' | 'allowed'>): Listing {
    const listing = this.roster.listingOf(model);
    return allowed ? allowedListing(listing, model, allowed, this.names) : listing;
  }

  private select(request: LeaseRequest, boundTo: string | undefined): Selection {
    const strategy = STRATEGIES[this.settings.current.strategy];
    const circumstances = { now: this.clock.now(), chance: () => this.chance.next() };
    return select(this.listingOf(request), { request, boundTo, strategy, circumstances });
  }

  /** @returns undefined where other replicas came first: whoever looks again sees that */
  private async take(look: Look, chosen: PoolMember, bond: string | undefined): Promise<Lease | undefined> {
    const { isAside } = look.request;
    const { candidates, modelAt } = look.selection;
    const isTrial = chosen.breaker.standing(this.clock.now()) === 'trial-due';
    if (isTrial && !(await this.breakers.claimTrial(chosen.id))) return undefined;
    if (!isAside) {
      STRATEGIES[this.settings.current.strategy].took?.(candidates, chosen);
      this.leases.tookTurn(chosen);
    }
    const { isLimited } = chosen;
    const place = isLimited ? await this.leases.claim(chosen) : undefined;
    if (isLimited && !place) {
      if (isTrial) this.breakers.ended(chosen.id, { status: 'cancelled' }, this.clock.now());
      return undefined;
    }
    this.choices.note(look);
    this.bonds.took(bond, look.selection, chosen);
    return this.leases.give(chosen, modelAt.get(chosen) as UpstreamModel, !isAside, place);
  }

  private nobody(request: LeaseRequest, { out, retryAt }: Selection): GatewayError {
    const { model, excluded, allowed } = request;
    const { total, active } = this.counts();
    const enabled = out.filter(({ isEnabled }) => isEnabled);
    if (allowed && enabled.length === 0 && !this.mayBeAsked(model, allowed)) return modelNotAllowed(model);
    // An account left by this request, or out of use for now, lists the model: it exists.
    if (active > 0 && excluded.size === 0 && enabled.length === 0) return modelNotFound(model);
    const isSpent = enabled.some(({ status }) => status === 'quota_exhausted');
    if (isSpent && retryAt === undefined) return quotaSpent();
    const retryAfter = retryAt === undefined ? undefined : Math.ceil((retryAt - this.clock.now()) / 1000);
    return noAccountUsable(total, retryAfter);
  }
}

/** Where all who could serve are full: another may be, whose breaker lets one try by then. */
function noRoom({ freeAt, freeAtSoonest, retryAt }: Selection, news: number): NoRoom {
  const never = Number.POSITIVE_INFINITY;
  const [free = never, soonest = never, trial = never] = [freeAt, freeAtSoonest, retryAt];
  return { freeAt: Math.min(free, trial), soonest: Math.min(soonest, trial), news };
}
