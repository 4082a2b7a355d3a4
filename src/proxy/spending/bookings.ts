import type { Amount } from '../../platform/state/allowance.js';
import type { Booking } from './spending.repository.js';

/** Keys of a month that wait to be written. */
const MOST_BOOKINGS = 20_000;

/** Sums that wait to be written, one for each key and month. */
export class Bookings {
  private sums = new Map<string, Booking>();

  get size(): number {
    return this.sums.size;
  }

  /** @returns false where there is no room for one more key: it is not counted then */
  add({ month, keyId, requests, tokens, cost }: Booking): boolean {
    const sum = this.sums.get(nameOf(month, keyId));
    if (sum) {
      sum.requests += requests;
      sum.tokens += tokens;
      sum.cost += cost;
      return true;
    }
    if (this.sums.size >= MOST_BOOKINGS) return false;
    this.sums.set(nameOf(month, keyId), { month, keyId, requests, tokens, cost });
    return true;
  }

  of(month: string, keyId: string): Amount {
    return this.sums.get(nameOf(month, keyId)) ?? { tokens: 0, cost: 0 };
  }

  /** Some of them, which are not in here any more. */
  take(most: number): Booking[] {
    const taken: Booking[] = [];
    for (const [name, sum] of this.sums) {
      if (taken.length === most) break;
      taken.push(sum);
      this.sums.delete(name);
    }
    return taken;
  }
}

function nameOf(month: string, keyId: string): string {
  return `${month} ${keyId}`;
}
