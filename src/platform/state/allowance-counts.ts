import { UsageWindow } from '../../core/limits/usage-window.js';
import type { AllowanceLimits, NoAllowance, Spent, Standing, Standings } from './allowance.js';
import { budgetOf, hasBudget, spentUnitsOf, type Units } from './allowance-units.js';
import { MonthTotals } from './month-totals.js';

type Refusal = Omit<NoAllowance, 'standings'>;

/** What a request took beside its place, of each limit it has to keep to. */
export interface Taken {
  /** Epoch milliseconds. */
  at: number;
  month: string;
  /** Undefined: none of the month. */
  ofMonth?: Units;
  /** Undefined: none of the minute. */
  tokens?: number;
}

/** What one name uses, as this process counts it. Times are epoch milliseconds. */
export class AllowanceCounts {
  private readonly requests = new UsageWindow();
  private readonly tokens = new UsageWindow();
  private readonly months = new MonthTotals();
  private running = 0;

  /** Why a request may not begin: a budget before all, then what takes longest; undefined: it may. */
  refusal(limits: AllowanceLimits, needed: Units, spent: Spent, now: number): Refusal | undefined {
    return (
      this.refusalOfBudget(limits, needed, spent) ??
      this.refusalOfMinute(limits, needed, now) ??
      (this.running >= (limits.maxConcurrent ?? Infinity) ? { limit: 'maxConcurrent', neverFits: false } : undefined)
    );
  }

  /** Takes it, whether there is room or not: it may have been given elsewhere. */
  take(limits: AllowanceLimits, needed: Units, spent: Spent, now: number): Taken {
    const taken: Taken = { at: now, month: spent.month };
    if (limits.requestsPerMinute !== undefined) this.requests.add(now);
    if (limits.tokensPerMinute !== undefined) {
      this.tokens.add(now, needed.tokens);
      taken.tokens = needed.tokens;
    }
    if (hasBudget(limits)) {
      this.months.counted(spent.month, spentUnitsOf(spent));
      this.months.hold(spent.month, needed);
      taken.ofMonth = needed;
    }
    this.running++;
    return taken;
  }

  settle(taken: Taken, used: Units, now: number): void {
    this.running--;
    if (taken.ofMonth) this.months.book(taken.month, taken.ofMonth, used);
    if (taken.tokens === undefined) return;
    if (used.tokens < taken.tokens) this.tokens.giveBack(taken.at, taken.tokens - used.tokens, now);
    else if (used.tokens > taken.tokens) this.tokens.add(now, used.tokens - taken.tokens);
  }

  standings({ requestsPerMinute, tokensPerMinute }: AllowanceLimits, now: number): Standings {
    return {
      requests: standing(this.requests, requestsPerMinute, now),
      tokens: standing(this.tokens, tokensPerMinute, now),
    };
  }

  /** Whether nothing is lost with it: what a month has is stored elsewhere. */
  isIdle(now: number): boolean {
    return this.running === 0 && this.requests.isIdle(now) && this.tokens.isIdle(now);
  }

  private refusalOfBudget(limits: AllowanceLimits, needed: Units, spent: Spent): Refusal | undefined {
    if (!hasBudget(limits)) return undefined;
    const { tokens = Infinity, billionths = Infinity } = budgetOf(limits);
    const counted = this.months.counted(spent.month, spentUnitsOf(spent));
    if (counted.tokens + needed.tokens > tokens)
      return { limit: 'monthlyTokenBudget', neverFits: needed.tokens > tokens };
    if (counted.billionths + needed.billionths > billionths)
      return { limit: 'monthlyCostBudget', neverFits: needed.billionths > billionths };
    return undefined;
  }

  private refusalOfMinute(limits: AllowanceLimits, needed: Units, now: number): Refusal | undefined {
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity } = limits;
    if (needed.tokens > tokensPerMinute) return { limit: 'tokensPerMinute', neverFits: true };
    const requestsFreeAt = this.requests.freeAt(requestsPerMinute, now);
    const tokensFreeAt = this.tokens.freeAt(tokensPerMinute, now, needed.tokens);
    const freeAt = Math.max(requestsFreeAt, tokensFreeAt);
    if (freeAt <= now) return undefined;
    const limit = tokensFreeAt === freeAt ? 'tokensPerMinute' : 'requestsPerMinute';
    return { limit, freeInMs: freeAt - now, neverFits: false };
  }
}

function standing(window: UsageWindow, limit: number | undefined, now: number): Standing | undefined {
  if (limit === undefined) return undefined;
  return { limit, remaining: Math.max(limit - window.usedAt(now), 0), resetMs: window.resetAt(now) - now };
}
