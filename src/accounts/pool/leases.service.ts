import { Injectable } from '@nestjs/common';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { BLAME } from '../../core/pool/blame.js';
import { Clock } from '../../platform/clock.js';
import type { Place } from '../../platform/state/places.js';
import { AccountEffects } from '../health/account-effects.service.js';
import { ModelRefusals } from '../models/model-refusals.service.js';
import { AccountPlaces } from './account-places.service.js';
import { AccountSessions } from './account-sessions.service.js';
import { Attempts } from './attempts.service.js';
import { Breakers } from './breakers.service.js';
import { Cooldowns } from './cooldowns.service.js';
import { Lease, type LeaseOutcome } from './lease.js';
import type { PoolMember } from './pool-member.js';

/** What a failure that says something of its account counts at least. */
const LATENCY_OF_FAILURES_MS = 10_000;

/** What one lease came to so far. */
interface Attempt {
  startedAt: number;
  hasBegun: boolean;
  /** Upstream said what it cost, or it costs nothing. */
  isPaid: boolean;
}

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
    private readonly refusals: ModelRefusals,
    private readonly places: AccountPlaces,
    private readonly cooldowns: Cooldowns,
    private readonly clock: Clock,
  ) {}

  /** Leases out now, of all accounts. */
  get running(): number {
    return this.runningNow;
  }

  /** It was its turn, whatever comes of it: whoever chooses from now on chooses another one. */
  tookTurn(member: PoolMember): void {
    member.served++;
    member.lastTurn = ++this.turn;
  }

  /**
   * Takes a place on the account, for `give` to follow. From now on the account counts as busy.
   * @returns undefined where replicas have filled it together
   */
  async claim(member: PoolMember): Promise<Place | undefined> {
    member.inFlight++;
    const place = await this.places.take(member);
    if (!place) member.inFlight--;
    return place;
  }

  /**
   * One more request on an account that was given out.
   * @returns whether its requests per minute allow for it
   */
  async repeat(member: PoolMember): Promise<boolean> {
    const now = this.clock.now();
    const { requestsPerMinute, window } = member;
    if (requestsPerMinute !== undefined) {
      if (window.freeAt(requestsPerMinute, now) > now || !(await this.places.takeMinute(member))) return false;
    }
    window.add(now);
    return true;
  }

  /**
   * From now on the account counts as busy.
   * @param isTurn whether it had its turn by that
   * @param place what was claimed, on an account that has limits
   */
  give(member: PoolMember, model: UpstreamModel, isTurn = true, place?: Place): Lease {
    const { id, account } = member;
    this.runningNow++;
    if (!place) member.inFlight++;
    member.window.add(this.clock.now());
    const startedAt = this.attempts.started(id);
    const attempt: Attempt = { startedAt, hasBegun: false, isPaid: !isTurn };
    return new Lease(id, model, this.sessions.open(account), {
      began: () => {
        attempt.hasBegun = true;
        member.latency.measured(this.clock.now() - startedAt, this.clock.now());
      },
      spent: (credits) => {
        attempt.isPaid = true;
        member.spend(credits, this.clock.now());
      },
      ended: (outcome) => this.ended(member, outcome, attempt),
      released: () => {
        member.inFlight--;
        this.runningNow--;
        void this.places.leave(member, place);
      },
      applyFailure: (error, session) => {
        if (error.failure?.account === 'model-unknown') this.refusals.note(id, model.id);
        return this.effects.apply(id, error, session);
      },
    });
  }

  private ended(member: PoolMember, outcome: LeaseOutcome, attempt: Attempt): void {
    const { id } = member;
    this.attempts.ended(id, outcome, attempt.startedAt);
    this.noteSpeed(member, outcome, attempt);
    // Plans that count requests tell no price (amazon-q.md §8.2).
    if (outcome.status === 'success' && !attempt.isPaid) member.spend(1, this.clock.now());
    this.breakers.ended(id, outcome, attempt.startedAt);
    this.cooldowns.ended(member, outcome, attempt.startedAt);
    if (outcome.status === 'success') this.effects.succeeded(id);
  }

  /** One that fails at once is not the fastest: as it never begins, nothing else would be measured. */
  private noteSpeed({ latency }: PoolMember, outcome: LeaseOutcome, { startedAt, hasBegun }: Attempt): void {
    if (outcome.status !== 'error' || hasBegun) return;
    if (BLAME[outcome.error.failure?.class ?? 'unknown'] === 'none') return;
    const now = this.clock.now();
    latency.measured(Math.max(now - startedAt, LATENCY_OF_FAILURES_MS), now);
  }
}
