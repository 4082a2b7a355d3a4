import type { Clock } from '../clock.js';
import type { Allowance, AllowanceLimits, Amount, NoAllowance, Spent, Standings } from './allowance.js';
import { AllowanceCounts, type Taken } from './allowance-counts.js';
import { neededUnitsOf, type Units, unitsOf } from './allowance-units.js';

/** Needs nobody else to be settled. */
export interface LocalAllowance extends Allowance {
  /** @returns whether it was not settled before */
  settleNow(used: Units): boolean;
}

/** So many names, and those that nobody uses any more are looked for. */
const MOST_IDLE_NAMES = 1_000;

/** What this process let in. */
export class LocalAllowances {
  private readonly counts = new Map<string, AllowanceCounts>();
  private sweepAt = MOST_IDLE_NAMES;

  constructor(private readonly clock: Clock) {}

  /** Names that are kept. */
  get size(): number {
    return this.counts.size;
  }

  /** Why a request may not begin, as far as this process knows; undefined: it may. */
  refusal(name: string, limits: AllowanceLimits, estimate: Amount, spent: Spent): NoAllowance | undefined {
    const now = this.clock.now();
    const counts = this.of(name, now);
    const refusal = counts.refusal(limits, neededUnitsOf(estimate), spent, now);
    return refusal && { ...refusal, standings: counts.standings(limits, now) };
  }

  take(
    name: string,
    limits: AllowanceLimits,
    estimate: Amount,
    spent: Spent,
  ): { allowance: LocalAllowance } | { refused: NoAllowance } {
    const refused = this.refusal(name, limits, estimate, spent);
    if (refused) return { refused };
    const now = this.clock.now();
    const counts = this.of(name, now);
    const taken = counts.take(limits, neededUnitsOf(estimate), spent, now);
    return { allowance: new Counted(this.clock, counts, taken, counts.standings(limits, now)) };
  }

  /** Counts one whether there is room or not: it was given elsewhere. */
  add(name: string, limits: AllowanceLimits, estimate: Amount, spent: Spent, standings: Standings): LocalAllowance {
    const now = this.clock.now();
    const counts = this.of(name, now);
    return new Counted(this.clock, counts, counts.take(limits, neededUnitsOf(estimate), spent, now), standings);
  }

  private of(name: string, now: number): AllowanceCounts {
    let counts = this.counts.get(name);
    if (!counts) {
      this.forgetIdle(now);
      counts = new AllowanceCounts();
      this.counts.set(name, counts);
    }
    return counts;
  }

  /** Names of keys that are gone; as many again have to come before the next search. */
  private forgetIdle(now: number): void {
    if (this.counts.size < this.sweepAt) return;
    for (const [name, counts] of this.counts) if (counts.isIdle(now)) this.counts.delete(name);
    this.sweepAt = this.counts.size + MOST_IDLE_NAMES;
  }
}

class Counted implements LocalAllowance {
  private isSettled = false;

  constructor(
    private readonly clock: Clock,
    private readonly counts: AllowanceCounts,
    private readonly taken: Taken,
    readonly standings: Standings,
  ) {}

  settleNow(used: Units): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    this.counts.settle(this.taken, used, this.clock.now());
    return true;
  }

  async settle(used: Amount): Promise<void> {
    this.settleNow(unitsOf(used));
  }
}
