import { Injectable } from '@nestjs/common';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { cooldownAfter } from '../../core/pool/cooldown.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { AccountEffects } from '../health/account-effects.service.js';
import { ModelList } from '../models/model-list.service.js';
import { AccountSessions } from './account-sessions.service.js';
import { Attempts } from './attempts.service.js';
import { Breakers } from './breakers.service.js';
import { Lease, type LeaseOutcome } from './lease.js';
import type { PoolMember } from './pool-member.js';
import { WaitingLine } from './waiting-line.service.js';

/** Gives accounts out, one lease per attempt, and notes what each attempt says of its account. */
@Injectable()
export class Leases {
  private turn = 0;
  private runningNow = 0;

  constructor(
    private readonly sessions: AccountSessions,
    private readonly attempts: Attempts,
    private readonly effects: AccountEffects,
    private readonly breakers: Breakers,
    private readonly models: ModelList,
    private readonly line: WaitingLine,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  /** Leases out now, of all accounts. */
  get running(): number {
    return this.runningNow;
  }

  /** From now on the account counts as busy. */
  give(member: PoolMember, model: UpstreamModel): Lease {
    const { id, account } = member;
    this.runningNow++;
    member.inFlight++;
    member.served++;
    member.lastTurn = ++this.turn;
    member.window.add(this.clock.now());
    const startedAt = this.attempts.started(id);
    return new Lease(id, model, this.sessions.open(account), {
      began: () => member.latency.measured(this.clock.now() - startedAt, this.clock.now()),
      spent: (credits) => member.spend(credits),
      ended: (outcome) => this.ended(member, outcome, startedAt),
      released: () => {
        member.inFlight--;
        this.runningNow--;
        this.line.wake();
      },
      applyFailure: (error, session) => {
        const isUnknownModel = error.failure?.account === 'model-unknown' && account.provider === 'anthropic';
        if (isUnknownModel) this.models.refused(id, model.id);
        return this.effects.apply(id, error, session);
      },
    });
  }

  private ended(member: PoolMember, outcome: LeaseOutcome, startedAt: number): void {
    const { id } = member;
    this.attempts.ended(id, outcome, startedAt);
    this.breakers.ended(id, outcome);
    if (outcome.status === 'success') {
      member.rateLimits = 0;
      this.effects.succeeded(id);
    } else if (outcome.status === 'error' && outcome.error.failure) {
      const pause = cooldownAfter(outcome.error.failure, member.rateLimits, this.chance.next());
      if (pause > 0) {
        member.rateLimits++;
        member.coolingUntil = Math.max(member.coolingUntil, this.clock.now() + pause);
      }
    }
  }
}
