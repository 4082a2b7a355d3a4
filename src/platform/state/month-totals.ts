import { NOTHING, type Units } from './allowance-units.js';

interface MonthTotal {
  spent: Units;
  /** What running requests may use. */
  held: Units;
}

/** A request may end after the month it began in. */
const MOST_MONTHS = 2;

/** What one name used of its budgets, by month: what is spent, and apart from it what running requests may use. */
export class MonthTotals {
  private readonly months = new Map<string, MonthTotal>();

  /**
   * All that counts of a month. The first look begins with what is stored; from then on what is more counts.
   * @param month such as `2026-11`
   */
  counted(month: string, stored: Units): Units {
    const { spent, held } = this.of(month, stored);
    return {
      tokens: Math.max(spent.tokens, stored.tokens) + held.tokens,
      billionths: Math.max(spent.billionths, stored.billionths) + held.billionths,
    };
  }

  hold(month: string, needed: Units): void {
    const total = this.months.get(month);
    if (total) total.held = sum(total.held, needed, 1);
  }

  /** Ends what was held. What a month that is forgotten had is stored elsewhere. */
  book(month: string, held: Units, used: Units): void {
    const total = this.months.get(month);
    if (!total) return;
    total.held = sum(total.held, held, -1);
    total.spent = sum(total.spent, used, 1);
  }

  private of(month: string, stored: Units): MonthTotal {
    const known = this.months.get(month);
    if (known) return known;
    const added = { spent: stored, held: NOTHING };
    this.months.set(month, added);
    for (const each of Array.from(this.months.keys()).sort().slice(0, -MOST_MONTHS)) this.months.delete(each);
    return added;
  }
}

function sum(one: Units, other: Units, times: 1 | -1): Units {
  return {
    tokens: Math.max(one.tokens + times * other.tokens, 0),
    billionths: Math.max(one.billionths + times * other.billionths, 0),
  };
}
