import type { AllowanceLimits, Amount, NoAllowance, Standing, Standings } from '../../src/platform/state/allowance.js';

interface Event {
  second: number;
  requests: number;
  tokens: number;
}

interface Request {
  event: Event;
  estimate: Amount;
}

const WINDOW = 61;

/** What one name may use, told from a list of all that ever happened. Amounts are whole numbers from 1 here. */
export class AllowanceModel {
  stored: Amount;
  private spent: Amount;
  private readonly events: Event[] = [];
  private readonly running = new Set<object>();
  private held: Amount = { tokens: 0, cost: 0 };

  constructor(
    private readonly limits: AllowanceLimits,
    before: Amount,
  ) {
    this.stored = before;
    this.spent = before;
  }

  take(estimate: Amount, now: number): { standings: Standings; request: object } | NoAllowance {
    const refusal = this.refusal(estimate, now);
    if (refusal) return { ...refusal, standings: this.standings(now) };
    const event = { second: Math.floor(now / 1000), requests: 1, tokens: estimate.tokens };
    const request: Request = { event, estimate };
    this.events.push(event);
    this.running.add(request);
    this.held = { tokens: this.held.tokens + estimate.tokens, cost: this.held.cost + estimate.cost };
    return { standings: this.standings(now), request };
  }

  settle(request: object, used: Amount, now: number): void {
    const { event, estimate } = request as Request;
    this.running.delete(request);
    this.held = { tokens: this.held.tokens - estimate.tokens, cost: this.held.cost - estimate.cost };
    this.spent = { tokens: this.spent.tokens + used.tokens, cost: this.spent.cost + used.cost };
    const more = used.tokens - estimate.tokens;
    if (more < 0) event.tokens += more;
    else this.events.push({ second: Math.floor(now / 1000), requests: 0, tokens: more });
  }

  /** From now on it is known elsewhere what is spent. */
  store(): void {
    this.stored = this.spent;
  }

  private refusal(estimate: Amount, now: number): Omit<NoAllowance, 'standings'> | undefined {
    const { monthlyTokenBudget = Infinity, monthlyCostBudget = Infinity } = this.limits;
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity, maxConcurrent = Infinity } = this.limits;
    if (this.spent.tokens + this.held.tokens + estimate.tokens > monthlyTokenBudget)
      return { limit: 'monthlyTokenBudget', neverFits: estimate.tokens > monthlyTokenBudget };
    if (this.spent.cost + this.held.cost + estimate.cost > monthlyCostBudget)
      return { limit: 'monthlyCostBudget', neverFits: estimate.cost > monthlyCostBudget };
    if (estimate.tokens > tokensPerMinute) return { limit: 'tokensPerMinute', neverFits: true };
    const requestsIn = this.freeIn('requests', requestsPerMinute, 1, now);
    const tokensIn = this.freeIn('tokens', tokensPerMinute, estimate.tokens, now);
    if (tokensIn > 0 && tokensIn >= requestsIn)
      return { limit: 'tokensPerMinute', freeInMs: tokensIn, neverFits: false };
    if (requestsIn > 0) return { limit: 'requestsPerMinute', freeInMs: requestsIn, neverFits: false };
    return this.running.size >= maxConcurrent ? { limit: 'maxConcurrent', neverFits: false } : undefined;
  }

  private freeIn(kind: 'requests' | 'tokens', limit: number, amount: number, now: number): number {
    const ends = this.events.map(({ second }) => (second + WINDOW) * 1000).filter((end) => end > now);
    const times = [now, ...ends.sort((one, other) => one - other)];
    return (times.find((time) => this.used(kind, time) + amount <= limit) ?? now) - now;
  }

  private used(kind: 'requests' | 'tokens', now: number): number {
    const second = Math.floor(now / 1000);
    const counting = this.events.filter((each) => each.second > second - WINDOW);
    return counting.reduce((sum, each) => sum + each[kind], 0);
  }

  private standings(now: number): Standings {
    const standing = (kind: 'requests' | 'tokens', limit?: number): Standing | undefined => {
      if (limit === undefined) return undefined;
      const ends = this.events.filter((each) => each[kind] > 0).map(({ second }) => (second + WINDOW) * 1000 - now);
      return { limit, remaining: Math.max(limit - this.used(kind, now), 0), resetMs: Math.max(0, ...ends) };
    };
    return {
      requests: standing('requests', this.limits.requestsPerMinute),
      tokens: standing('tokens', this.limits.tokensPerMinute),
    };
  }
}
