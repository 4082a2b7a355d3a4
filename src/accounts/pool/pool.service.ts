import { Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ModelNames } from '../../core/models/model-names.js';
import { ModelResolver } from '../../core/models/resolve-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { roundRobin } from '../../core/pool/round-robin.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { type Account, isUsable } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { ModelList } from '../models/model-list.service.js';
import type { AccountSession } from './account-session.js';
import { AccountSessions } from './account-sessions.service.js';
import { Lease, type LeaseOutcome } from './lease.js';
import { modelNotFound, noAccountUsable } from './pool-errors.js';

/** `lastUsedAt` is for people: written at most this often. */
const TOUCH_MS = 60_000;

interface AccountUse {
  inFlight: number;
  lastTurn: number;
  touchedAt: number;
}

interface PoolCandidate {
  account: Account;
  model: UpstreamModel;
  lastTurn: number;
}

/** Chooses the account for each attempt and takes it back. */
@Injectable()
export class Pool {
  private readonly logger = new Logger('Pool');
  private readonly uses = new Map<string, AccountUse>();
  private turn = 0;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly models: ModelList,
    private readonly sessions: AccountSessions,
    private readonly metrics: Metrics,
    private readonly names: ModelNames,
    private readonly clock: Clock,
  ) {
    directory.onReload((ids) => {
      for (const [id, use] of this.uses) if (!ids.has(id) && use.inFlight === 0) this.uses.delete(id);
    });
  }

  /**
   * An account that lists the model, in turn.
   * @param excluded ids of accounts this request has left
   * @throws GatewayError `no_account` when no account is usable, `not_found` when none of them lists the model
   */
  async lease(requestedModel: string, excluded: ReadonlySet<string>): Promise<Lease> {
    const unasked = new Set<string>();
    for (;;) {
      const chosen = roundRobin(this.candidates(requestedModel, excluded, unasked));
      if (chosen) return this.take(chosen);
      // Only where nobody whose list is known will do: one more list per turn of the loop.
      const [next] = unasked;
      if (next === undefined) throw this.nobody(requestedModel, excluded);
      unasked.clear();
      await this.models.get(next);
    }
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
      if (isUsable(account)) counts.active++;
    }
    return counts;
  }

  /**
   * The accounts that list the model under its own name; only where nobody does, those where a pattern leads to one:
   * what one account lists is not answered with another model by the next.
   * @param unasked gets the ids of usable accounts whose list nobody asked for yet
   */
  private candidates(requested: string, excluded: ReadonlySet<string>, unasked: Set<string>): PoolCandidate[] {
    const resolver = new ModelResolver(requested, this.names);
    const byName: PoolCandidate[] = [];
    const byPattern: PoolCandidate[] = [];
    let isListed = false;
    for (const account of this.directory.list()) {
      if (!isUsable(account)) continue;
      const isExcluded = excluded.has(account.id);
      const listed = this.models.peek(account.id);
      if (listed === undefined) {
        if (!isExcluded) unasked.add(account.id);
        continue;
      }
      const named = listed === 'unknown' ? undefined : resolver.byName(listed);
      isListed ||= named !== undefined;
      if (isExcluded) continue;
      const model = named ?? (listed === 'unknown' ? resolver.unlisted() : resolver.byPattern(listed));
      if (!model) continue;
      const candidate = { account, model, lastTurn: this.uses.get(account.id)?.lastTurn ?? 0 };
      const isByPattern = named === undefined && resolver.meansByPattern;
      (isByPattern ? byPattern : byName).push(candidate);
    }
    return isListed || byName.length > 0 ? byName : byPattern;
  }

  private take({ account, model }: PoolCandidate): Lease {
    const { id } = account;
    const use = this.uses.get(id) ?? { inFlight: 0, lastTurn: 0, touchedAt: 0 };
    this.uses.set(id, use);
    use.inFlight++;
    use.lastTurn = ++this.turn;
    const startedAt = this.clock.now();
    this.metrics.attemptStarted(id);
    if (startedAt - use.touchedAt >= TOUCH_MS) {
      use.touchedAt = startedAt;
      this.directory.touch(id);
    }
    return new Lease(id, model, this.sessions.open(account), {
      ended: (outcome) => this.count(id, outcome, startedAt),
      released: () => use.inFlight--,
      applyFailure: (error, session) => this.applyFailure(id, error, session),
    });
  }

  private count(id: string, outcome: LeaseOutcome, startedAt: number): void {
    const seconds = (this.clock.now() - startedAt) / 1000;
    const errorType = outcome.status === 'error' ? (outcome.error.failure?.class ?? 'unknown') : undefined;
    this.metrics.attemptEnded(id, outcome.status, seconds, errorType);
  }

  /** What a failure means for its account (amazon-q.md §6.3). */
  private async applyFailure(id: string, error: GatewayError, session: AccountSession): Promise<void> {
    const { failure } = error;
    if (failure?.reason === 'INVALID_MODEL_ID') this.models.forget(id);
    const words = failure?.serviceMessage ?? error.message;
    try {
      if (failure?.class === 'suspended') await this.directory.takeOut(id, 'suspended', words);
      // A fresh token was refused too. Without a renewal before, the keeper has decided already, or will.
      if (failure?.class === 'auth' && session.isRenewed) await this.directory.takeOut(id, 'needs_login', words);
    } catch (cause) {
      this.logger.error({ msg: `What happened to account ${id} could not be stored`, account: id, err: cause });
    }
  }

  private nobody(requested: string, excluded: ReadonlySet<string>): GatewayError {
    const { total, active } = this.counts();
    if (active === 0) return noAccountUsable(total);
    // An account left by this request listed the model: it exists.
    return excluded.size > 0 ? noAccountUsable(total) : modelNotFound(requested);
  }
}
