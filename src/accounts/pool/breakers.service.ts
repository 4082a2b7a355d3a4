import { Injectable } from '@nestjs/common';
import { BLAME } from '../../core/pool/blame.js';
import { Breaker, type BreakerSnapshot } from '../../core/pool/breaker.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { LeaseOutcome } from './lease.js';

/** A trial that never ends holds the account for so long. */
const LONGEST_TRIAL_MS = 120_000;

/** The breaker of each account. */
@Injectable()
export class Breakers {
  private readonly breakers = new Map<string, Breaker>();

  constructor(
    private readonly settings: LiveSettings,
    private readonly clock: Clock,
    private readonly chance: Chance,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.breakers.keys()) if (!accounts.has(id)) this.breakers.delete(id);
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
    return this.of(id).snapshot;
  }

  /**
   * Takes the one trial of an account whose breaker may let one through: at once for this process.
   * @returns false when another replica has it
   */
  async claimTrial(id: string): Promise<boolean> {
    this.of(id).beginTrial(this.clock.now() + LONGEST_TRIAL_MS);
    return true;
  }

  /** An attempt, or a probe, is over. */
  ended(id: string, outcome: LeaseOutcome): void {
    const breaker = this.of(id);
    if (outcome.status === 'success') breaker.close();
    else if (outcome.status === 'error' && BLAME[outcome.error.failure?.class ?? 'unknown'] !== 'none') {
      breaker.failed(this.settings.current.breaker, this.clock.now(), this.chance.next());
    } else breaker.trialSaidNothing();
  }

  /** An operator says that all is well. */
  async reset(id: string): Promise<void> {
    this.of(id).close();
  }
}
