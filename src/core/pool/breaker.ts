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
  /** Openings since it was closed last. */
  openings: number;
  openUntil: number;
  /** Until when a trial counts as running, whoever began it. */
  trialUntil: number;
}

const MOST_DOUBLINGS = 4;
/** Of the recovery; so that accounts which failed together are not tried together. */
const JITTER = 0.1;

const CLOSED: BreakerSnapshot = { state: 'closed', failures: 0, openings: 0, openUntil: 0, trialUntil: 0 };

/**
 * Keeps requests from an account that fails: after so many failures in a row it is open; when its time is over, one
 * request may try. That one's success closes it, its failure opens it for twice as long, sixteen times at most.
 */
export class Breaker {
  private current = CLOSED;

  get snapshot(): BreakerSnapshot {
    return this.current;
  }

  /** Another replica's, or what was kept over a restart. */
  restore(snapshot: BreakerSnapshot): void {
    this.current = snapshot;
  }

  standing(now: number): BreakerStanding {
    const { state, openUntil, trialUntil } = this.current;
    if (state === 'closed') return 'closed';
    if (state === 'open' && now < openUntil) return 'open';
    return now < trialUntil ? 'trial-running' : 'trial-due';
  }

  /** The one request that may try; another may when it has not ended by then. */
  beginTrial(until: number): void {
    this.current = { ...this.current, state: 'half_open', trialUntil: until };
  }

  /** A trial that said nothing about the account: the next request is one. */
  trialSaidNothing(): void {
    if (this.current.state === 'half_open') this.current = { ...this.current, trialUntil: 0 };
  }

  /**
   * One failure that counts.
   * @param chance from 0 up to, and without, 1
   */
  failed({ isEnabled, threshold, recoveryMs }: BreakerRules, now: number, chance: number): void {
    const { state, openings } = this.current;
    const failures = this.current.failures + 1;
    const opens = isEnabled && (state === 'half_open' || (state === 'closed' && failures >= threshold));
    if (!opens) {
      this.current = { ...this.current, failures };
      return;
    }
    const recovery = recoveryMs * 2 ** Math.min(openings, MOST_DOUBLINGS) * (1 + JITTER * (2 * chance - 1));
    this.current = { state: 'open', failures, openings: openings + 1, openUntil: now + recovery, trialUntil: 0 };
  }

  /** A request was answered, or an operator says that all is well. */
  close(): void {
    this.current = CLOSED;
  }
}
