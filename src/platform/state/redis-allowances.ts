import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import type {
  Allowance,
  AllowanceAnswer,
  AllowanceLimits,
  Amount,
  NoAllowance,
  Spent,
  Standing,
  Standings,
} from './allowance.js';
import { RENEW_ALLOWANCES, SETTLE_ALLOWANCE, TAKE_ALLOWANCE } from './allowance-scripts.js';
import { budgetOf, hasBudget, NOTHING, neededUnitsOf, spentUnitsOf, type Units, unitsOf } from './allowance-units.js';
import { HeldMembers, HOLD_MS } from './held-members.js';
import type { LocalAllowance, LocalAllowances } from './local-allowances.js';
import { type OwedSettlement, OwedSettlements } from './owed-settlements.js';
import { type RedisLine, RedisLookout } from './redis-line.js';

/** Owed settlements that Redis is told of at a time. */
const BATCH_SIZE = 200;
/** By then all that runs is renewed there, and what began while Redis was away counts in no minute. */
const CATCH_UP_MS = 61_000;

/** By the number that the script answers. */
const LIMITS: readonly (keyof AllowanceLimits | undefined)[] = [
  undefined,
  'monthlyTokenBudget',
  'monthlyCostBudget',
  'requestsPerMinute',
  'tokensPerMinute',
  'maxConcurrent',
];

interface Asked {
  name: string;
  limits: AllowanceLimits;
  needed: Units;
  spent: Spent;
  /** What it holds until it ends; '' where nothing has to be given back. */
  member: string;
}

/** What Redis let in. */
interface Given {
  standings: Standings;
  /** By Redis' clock. */
  second: number;
}

/** What all replicas let in together; while Redis is away, what this process did. */
export class RedisAllowances {
  private readonly held: HeldMembers;
  private readonly owed = new OwedSettlements();
  private readonly lookout: RedisLookout;
  private isPaying = false;
  private awayAt = Number.NEGATIVE_INFINITY;
  /** Whether Redis was away since it was last told what runs here. */
  private hasMissed = false;

  constructor(
    private readonly line: RedisLine,
    private readonly local: LocalAllowances,
    private readonly clock: Clock,
  ) {
    this.lookout = new RedisLookout(line, clock);
    this.held = new HeldMembers({
      each: () => {
        void this.payOwed();
        return this.owed.size > 0;
      },
      renew: (name, members) =>
        line.attempt(() => RENEW_ALLOWANCES.run(line.redis, this.keysOf(name), [HOLD_MS, ...members])),
    });
  }

  /** Never rejects. */
  async take(name: string, limits: AllowanceLimits, estimate: Amount, spent: Spent): Promise<AllowanceAnswer> {
    if (this.line.isReachable()) this.tellMissed();
    else this.lookout.look();
    const refused = this.isCatchingUp() ? this.local.refusal(name, limits, estimate, spent) : undefined;
    if (refused) return { refused };
    const asked = askedFor(name, limits, neededUnitsOf(estimate), spent);
    const answer = await this.askRedis(asked);
    if (answer && 'refused' in answer) return answer;
    if (answer) {
      const here = this.local.add(name, limits, estimate, spent, answer.standings);
      return { allowance: this.hold(asked, here, answer.second) };
    }
    this.awayAt = this.clock.now();
    this.hasMissed = true;
    const here = this.local.take(name, limits, estimate, spent);
    if ('allowance' in here) return { allowance: this.hold(asked, here.allowance) };
    // It may have been let in without a word.
    this.owe({ ...asked, month: spent.month, used: NOTHING, mayBeDone: true });
    return here;
  }

  stop(): void {
    this.held.stop();
  }

  /** Whether Redis may not know of all that this process let in while it was away. */
  private isCatchingUp(): boolean {
    return Math.abs(this.clock.now() - this.awayAt) < CATCH_UP_MS;
  }

  /** @returns undefined while Redis is away: a request waits for this, so it is not asked again each time */
  private async askRedis(asked: Asked): Promise<Given | { refused: NoAllowance } | undefined> {
    if (!this.line.isReachable()) return undefined;
    const { redis, attempt } = this.line;
    const answer = await attempt(() => TAKE_ALLOWANCE.run(redis, this.keysOf(asked.name), valuesOf(asked)));
    return Array.isArray(answer) ? readAnswer(asked, answer as number[]) : undefined;
  }

  private hold({ name, member, limits, needed, spent }: Asked, here: LocalAllowance, second?: number): Allowance {
    if (member) this.held.add(name, member);
    return {
      standings: here.standings,
      settle: async (amount) => {
        const used = unitsOf(amount);
        if (!here.settleNow(used)) return;
        this.held.delete(name, member);
        // What was let in while Redis was away is not in its minute.
        const isOfMinute = limits.tokensPerMinute !== undefined && second !== undefined;
        const more = isOfMinute ? used.tokens - needed.tokens : 0;
        if (!member && more === 0) return;
        const settlement = { name, member, month: spent.month, used, mayBeDone: false };
        const isAsked = this.line.isReachable();
        if (isAsked && (await this.line.attempt(() => this.tell(settlement, second, more))) !== undefined) return;
        this.owe({ ...settlement, mayBeDone: isAsked });
      },
    };
  }

  private tell({ name, member, month, used, mayBeDone }: OwedSettlement, second = 0, more = 0): Promise<unknown> {
    const values = [member, mayBeDone ? 1 : 0, month, used.tokens, used.billionths, second, more];
    return SETTLE_ALLOWANCE.run(this.line.redis, this.keysOf(name), values);
  }

  /** What counts within the minute only is not owed: the minute is over sooner. */
  private owe({ name, member, month, used, mayBeDone }: OwedSettlement): void {
    if (member) this.owed.add({ name, member, month, used, mayBeDone });
  }

  /** What began and what ended here while Redis was away. */
  private tellMissed(): void {
    if (this.hasMissed) void this.held.renewAll();
    else void this.payOwed();
    this.hasMissed = false;
  }

  /** What Redis could not be told of. */
  private async payOwed(): Promise<void> {
    if (this.isPaying) return;
    this.isPaying = true;
    while (this.owed.size > 0) {
      const batch = this.owed.next(BATCH_SIZE);
      const answer = await this.line.attempt(() => Promise.all(batch.map((each) => this.tell(each))));
      if (answer !== undefined) continue;
      this.owed.add(...batch.map((each) => ({ ...each, mayBeDone: true })));
      break;
    }
    this.isPaying = false;
  }

  /** In one slot of a cluster. */
  private keysOf(name: string): string[] {
    const prefix = `${this.line.prefix}allowance:{${name}}:`;
    return [`${prefix}minute`, `${prefix}running`, `${prefix}months`];
  }
}

function askedFor(name: string, limits: AllowanceLimits, needed: Units, spent: Spent): Asked {
  const isOfMonth = hasBudget(limits);
  const held = isOfMonth ? `${spent.month}|${needed.tokens}|${needed.billionths}` : '|0|0';
  const member = isOfMonth || limits.maxConcurrent !== undefined ? `${randomUUID()}|${held}` : '';
  return { name, limits, needed, spent, member };
}

function valuesOf({ limits, needed, spent, member }: Asked): (string | number)[] {
  const budget = budgetOf(limits);
  const stored = spentUnitsOf(spent);
  const each = [limits.requestsPerMinute, limits.tokensPerMinute, limits.maxConcurrent];
  const known = [...each, budget.tokens, budget.billionths].map((limit) => limit ?? -1);
  return [member, HOLD_MS, ...known, needed.tokens, needed.billionths, spent.month, stored.tokens, stored.billionths];
}

function readAnswer({ limits, needed }: Asked, answer: readonly number[]): Given | { refused: NoAllowance } {
  const [code = 0, waitMs = 0, second = 0, requests = 0, requestsMs = 0, tokens = 0, tokensMs = 0] = answer;
  const standings = {
    requests: standing(limits.requestsPerMinute, requests, requestsMs),
    tokens: standing(limits.tokensPerMinute, tokens, tokensMs),
  };
  const limit = LIMITS[code];
  if (!limit) return { standings, second };
  const refused: NoAllowance = { limit, neverFits: neverFits(limit, limits, needed), standings };
  const isOfMinute = limit === 'requestsPerMinute' || limit === 'tokensPerMinute';
  if (isOfMinute && !refused.neverFits) refused.freeInMs = waitMs;
  return { refused };
}

function standing(limit: number | undefined, used: number, resetMs: number): Standing | undefined {
  return limit === undefined ? undefined : { limit, remaining: Math.max(limit - used, 0), resetMs };
}

function neverFits(limit: keyof AllowanceLimits, limits: AllowanceLimits, { tokens, billionths }: Units): boolean {
  const budget = budgetOf(limits);
  if (limit === 'tokensPerMinute') return tokens > (limits.tokensPerMinute ?? Infinity);
  if (limit === 'monthlyTokenBudget') return tokens > (budget.tokens ?? Infinity);
  return limit === 'monthlyCostBudget' && billionths > (budget.billionths ?? Infinity);
}
