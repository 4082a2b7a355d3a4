import type { Units } from './allowance-units.js';

/** Over so many, what they hold is free by itself when its time is over, and what they used is stored elsewhere. */
const MOST_OWED = 10_000;

export interface OwedSettlement {
  name: string;
  member: string;
  month: string;
  used: Units;
  /** Redis was told, and may have heard it. */
  mayBeDone: boolean;
}

/** Settlements that Redis could not be told of. */
export class OwedSettlements {
  private owed: OwedSettlement[] = [];

  get size(): number {
    return this.owed.length;
  }

  add(...settlements: OwedSettlement[]): void {
    this.owed.push(...settlements.slice(0, MOST_OWED - this.owed.length));
  }

  /** The oldest, which are no longer in it. */
  next(most: number): OwedSettlement[] {
    return this.owed.splice(0, most);
  }
}
