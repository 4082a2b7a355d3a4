/** As shown (contract §10.8). */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** Whether an account may be asked, as far as its breaker goes. */
export type BreakerStanding = 'closed' | 'open' | 'trial-due' | 'trial-running';

export interface BreakerRules {
  isEnabled: boolean;
  /** Failures in a row that open it. */
  threshold: number;
  /** How long it stays open the first time, milliseconds. */
  recoveryMs: number;
}

/** What other replicas, and this one after a restart, need to know. Times are epoch milliseconds. */
export interface BreakerSnapshot {
  state: BreakerState;
  failures: number;
  /** How often it opened in a row: each time it stays open for twice as long as before. */
  openings: number;
  openUntil: number;
  /** When it opened or closed last; 0: never did. */
  since: number;
  /** Until when a trial counts as running, whoever began it. */
  trialUntil: number;
  /** While it is closed: until when opening again counts as once more. */
  calmAt: number;
}

const MOST_DOUBLINGS = 4;
/** Of the recovery; so that accounts which failed together are not tried together. */
const JITTER = 0.1;

const CLOSED: BreakerSnapshot = {
  state: 'closed',
  failures: 0,
  openings: 0,
  openUntil: 0,
  since: 0,
  trialUntil: 0,
  calmAt: 0,
};

/**
 * Keeps requests from an account that fails: after so many failures in a row it is open; when its time is over, one
 * request may try. That one's success closes it, its failure opens it for twice as long, sixteen times at most. One
 * that opens again before it was closed for as long as it had been open goes on from there.
 */
export class Breaker {
  private current = CLOSED;
  /** It failed once in a way that counts only when it is repeated. */
  private hasFaltered = false;

  get snapshot(): BreakerSnapshot {
    return this.current;
  }

  /** Another replica's, or what was kept over a restart. */
  restore(snapshot: BreakerSnapshot): void {
    this.current = snapshot;
    this.hasFaltered = false;
  }

  standing(now: number): BreakerStanding {
    const { state, openUntil, trialUntil } = this.current;
    if (state === 'closed') return 'closed';
    if (state === 'open' && now < openUntil) return 'open';
    return now < trialUntil ? 'trial-running' : 'trial-due';
  }

  /** As operators are told: one whose time is over waits for its trial. */
  shownState(now: number): BreakerState {
    const { state, openUntil } = this.current;
    return state === 'open' && now >= openUntil ? 'half_open' : state;
  }

  /**
   * Whether the end of an attempt that began then says anything: what was on its way when the breaker opened or closed
   * says nothing of how the account is since.
   */
  hears(startedAt: number): boolean {
    return startedAt >= this.current.since;
  }

  /** The one request that may try; another may when it has not ended by then. */
  beginTrial(until: number): void {
    this.current = { ...this.current, state: 'half_open', trialUntil: until };
  }

  /** Another replica has the trial: nobody asks here again before then. */
  leaveTrial(until: number): void {
    this.current = { ...this.current, trialUntil: until };
  }

  /** A trial that said nothing about the account: the next request is one. */
  trialSaidNothing(): void {
    if (this.current.state === 'half_open') this.current = { ...this.current, trialUntil: 0 };
  }

  /**
   * One failure that counts.
   * @param chance from 0 up to, and without, 1
   * @param blame `repeated`: it counts only when there was one before it since the last success
   */
  failed(rules: BreakerRules, now: number, chance: number, blame: 'counted' | 'repeated' = 'counted'): void {
    const { state } = this.current;
    if (state === 'open') return;
    if (state === 'closed' && blame === 'repeated' && !this.hasFaltered) {
      this.hasFaltered = true;
      return;
    }
    const failures = this.current.failures + 1;
    const opens = rules.isEnabled && (state === 'half_open' || failures >= rules.threshold);
    this.current = opens ? this.opened(failures, rules, now, chance) : { ...this.current, failures };
  }

  /** A request was answered. */
  succeeded(now: number): void {
    this.hasFaltered = false;
    const { state, failures, openings, openUntil, since } = this.current;
    if (state !== 'closed') {
      const calmAt = now + Math.max(openUntil - since, 0);
      this.current = { ...CLOSED, openings, since: this.after(now), calmAt };
    } else if (failures > 0) this.current = { ...this.current, failures: 0 };
  }

  /** An operator says that all is well: nothing before counts any more. */
  reset(now: number): void {
    this.hasFaltered = false;
    this.current = { ...CLOSED, since: this.after(now) };
  }

  private opened(failures: number, rules: BreakerRules, now: number, chance: number): BreakerSnapshot {
    const { state, calmAt } = this.current;
    const openings = state === 'closed' && now >= calmAt ? 0 : this.current.openings;
    const growth = 2 ** Math.min(openings, MOST_DOUBLINGS);
    const recovery = rules.recoveryMs * growth * (1 + JITTER * (2 * chance - 1));
    return {
      ...CLOSED,
      state: 'open',
      failures,
      openings: openings + 1,
      openUntil: now + recovery,
      since: this.after(now),
    };
  }

  /** Of two changes the later one counts, also where the clocks of two replicas differ. */
  private after(now: number): number {
    return Math.max(now, this.current.since + 1);
  }
}
