import { Injectable } from '@nestjs/common';
import { BLAME } from '../../core/pool/blame.js';
import { Breaker, type BreakerSnapshot, type BreakerState } from '../../core/pool/breaker.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import { AccountDirectory } from '../account-directory.service.js';
import { BreakerLog } from './breaker-log.service.js';
import type { BreakerMessage } from './breaker-message.js';
import type { LeaseOutcome } from './lease.js';
import { SharedBreakers } from './shared-breakers.service.js';

/** A trial that never ends holds the account for so long. */
const LONGEST_TRIAL_S = 120;
/** Where another replica has the trial, it is asked again whether it still does. */
const OTHERS_TRIAL_MS = 5_000;

/** The breaker of each account: of all replicas the same, but for failures that did not open it. */
@Injectable()
export class Breakers {
  private readonly breakers = new Map<string, Breaker>();
  private readonly listeners: ((change: BreakerChange) => void)[] = [];
  /** Accounts whose one trial is this replica's. */
  private readonly trials = new Set<string>();

  constructor(
    private readonly settings: LiveSettings,
    private readonly shared: SharedBreakers,
    private readonly log: BreakerLog,
    private readonly clock: Clock,
    private readonly chance: Chance,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.breakers.keys()) if (!accounts.has(id)) this.breakers.delete(id);
      for (const id of this.trials) if (!accounts.has(id)) this.trials.delete(id);
    });
    shared.onTold((told) => {
      if (directory.find(told.id)) this.takeOver(told);
    });
    settings.onChange(({ breaker }) => {
      if (!breaker.isEnabled) for (const [id] of this.notClosed()) this.close(id, 'settings');
    });
  }

  /** The one of this account, for as long as there is the account. */
  of(id: string): Breaker {
    let breaker = this.breakers.get(id);
    if (!breaker) {
      breaker = new Breaker();
      this.breakers.set(id, breaker);
    }
    return breaker;
  }

  /** As operators are told. */
  view(id: string): BreakerSnapshot {
    const breaker = this.breakers.get(id) ?? new Breaker();
    return { ...breaker.snapshot, state: breaker.shownState(this.clock.now()) };
  }

  /** Those that are open, or wait for a trial. */
  notClosed(): [id: string, breaker: Breaker][] {
    return Array.from(this.breakers).filter(([, { snapshot }]) => snapshot.state !== 'closed');
  }

  /** Called after each change, of whatever replica. */
  onChange(listener: (change: BreakerChange) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Takes the one trial of an account whose breaker may let one through: at once for this process.
   * @returns false when another replica has it
   */
  async claimTrial(id: string): Promise<boolean> {
    const breaker = this.of(id);
    const { snapshot: before } = breaker;
    breaker.beginTrial(this.clock.now() + LONGEST_TRIAL_S * 1000);
    const { snapshot: mine } = breaker;
    const isTaken = await this.shared.claimTrial(id, LONGEST_TRIAL_S);
    if (breaker.snapshot !== mine) {
      // Meanwhile it was told how another replica's trial ended.
      if (isTaken) this.shared.leaveTrial(id);
      return false;
    }
    if (!isTaken) {
      breaker.leaveTrial(this.clock.now() + OTHERS_TRIAL_MS);
      return false;
    }
    this.trials.add(id);
    if (before.state === 'open') this.changed(id, 'open');
    return true;
  }

  /** Before its time is over. @returns false when another replica sends this probe */
  claimEarlyProbe(id: string, stage: number): Promise<boolean> {
    return this.shared.claimEarlyProbe(id, `${this.of(id).snapshot.since}:${stage}`);
  }

  /**
   * An attempt, or a probe, is over.
   * @param startedAt epoch milliseconds
   */
  ended(id: string, outcome: LeaseOutcome, startedAt: number): void {
    const breaker = this.of(id);
    if (!breaker.hears(startedAt)) return;
    const before = breaker.snapshot.state;
    const failure = outcome.status === 'error' ? (outcome.error.failure?.class ?? 'unknown') : undefined;
    const blame = failure === undefined ? 'none' : BLAME[failure];
    if (outcome.status === 'success') this.close(id, 'success');
    else if (blame === 'none') breaker.trialSaidNothing();
    else {
      breaker.failed(this.settings.current.breaker, this.clock.now(), this.chance.next(), blame);
      if (breaker.snapshot.state !== before) this.changed(id, before, failure);
    }
    this.leaveTrial(id);
  }

  /** An operator says that all is well. */
  reset(id: string): void {
    this.close(id, 'operator');
  }

  /** Takes over what was missed: at the start, and now and then. Never rejects. */
  async catchUp(ids: readonly string[]): Promise<void> {
    const kept = await this.shared.recall(ids);
    for (const [id, snapshot] of kept) this.takeOver({ id, snapshot });
    // The shared state may be new, or have been away. Of what it does not know, it has to learn what is not closed only.
    for (const [id, { snapshot }] of this.breakers) {
      const known = kept.get(id) ?? (snapshot.state === 'closed' ? snapshot : undefined);
      if (snapshot.since > (known?.since ?? 0)) this.shared.keep({ id, snapshot });
    }
  }

  private close(id: string, reason: 'success' | 'operator' | 'settings'): void {
    const breaker = this.of(id);
    this.leaveTrial(id);
    const before = breaker.snapshot.state;
    if (reason === 'success') breaker.succeeded(this.clock.now());
    else breaker.reset(this.clock.now());
    if (before !== 'closed') this.changed(id, before, reason);
    else if (reason === 'operator') this.shared.tell({ id, snapshot: breaker.snapshot });
  }

  /** This process changed it. */
  private changed(id: string, from: BreakerState, reason?: string): void {
    const { snapshot } = this.of(id);
    const { state: to, failures, openUntil } = snapshot;
    if (to !== 'half_open') this.shared.tell({ id, snapshot });
    const transition = { from, to, failures, openUntil: to === 'closed' ? undefined : openUntil, reason };
    this.log.changed(id, transition);
    for (const listener of this.listeners) listener({ id, from, to, reason });
  }

  /** Where this replica has it: it is over, or the end of it would say nothing any more. */
  private leaveTrial(id: string): void {
    if (this.trials.delete(id)) this.shared.leaveTrial(id);
  }

  /** Of two changes the later one counts. */
  private takeOver({ id, snapshot }: BreakerMessage): void {
    const breaker = this.of(id);
    const { since, state: from } = breaker.snapshot;
    const isOff = !this.settings.current.breaker.isEnabled && snapshot.state !== 'closed';
    if (snapshot.since <= since || isOff) return;
    breaker.restore(snapshot);
    this.leaveTrial(id);
    if (snapshot.state !== from) for (const listener of this.listeners) listener({ id, from, to: snapshot.state });
  }
}

export interface BreakerChange {
  id: string;
  from: BreakerState;
  to: BreakerState;
  /** Why; undefined for a trial, and where another replica told. */
  reason?: string;
}
