import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { costAt, type TokenUse } from '../../core/models/prices.js';
import { atMost } from '../../platform/at-most.js';
import { Clock } from '../../platform/clock.js';
import type { Amount, Spent } from '../../platform/state/allowance.js';
import { Prices } from '../../usage/prices/prices.service.js';
import { monthOf } from './month.js';
import { SpendingLedger } from './spending-ledger.service.js';

const MOST_KEYS = 10_000;
/** What other replicas spent is looked for this often, of keys in use. */
const LOOK_AFTER_MS = 5_000;
/** A request waits so long for what its key spent before this process knew it. */
const LONGEST_WAIT_MS = 1_000;
/** Of one request. What upstream reports is not trusted: the database could not hold sums of just anything. */
const MOST_TOKENS = 4_000_000_000;
const HIGHEST_COST = 1_000_000;

interface Known {
  spent: Spent;
  /** When it was last asked for, in epoch milliseconds. */
  lookedAt: number;
}

/** What API keys use within a calendar month (UTC), and what it costs at the prices in use. */
@Injectable()
export class Spending {
  private readonly known = new LRUCache<string, Known>(atMost(MOST_KEYS));
  private readonly firstLooks = new Map<string, Promise<Spent>>();

  constructor(
    private readonly ledger: SpendingLedger,
    private readonly prices: Prices,
    private readonly clock: Clock,
  ) {}

  /**
   * What a key used this month as far as it is known here: by all replicas until some seconds ago, by this one until now.
   * A promise only where nothing of the key is known yet. Never rejects, and takes a second at most: while the database
   * is away it is what this process booked.
   */
  spentThisMonth(keyId: string): Spent | Promise<Spent> {
    const now = this.clock.now();
    const month = monthOf(now);
    const known = this.known.get(keyId);
    if (known?.spent.month !== month) return this.firstLook(month, keyId);
    // Of a clock that was set back as well.
    if (Math.abs(now - known.lookedAt) >= LOOK_AFTER_MS) void this.look(month, keyId);
    return known.spent;
  }

  /** Adds a request that has ended, of a key with or without limits: a budget that is set later counts it too. */
  book(keyId: string, used: Amount): void {
    const month = monthOf(this.clock.now());
    const tokens = Math.round(within(used.tokens, MOST_TOKENS));
    const cost = within(used.cost, HIGHEST_COST);
    this.ledger.book(month, keyId, { tokens, cost });
    const known = this.known.peek(keyId);
    if (known?.spent.month !== month) return;
    known.spent = { month, tokens: known.spent.tokens + tokens, cost: known.spent.cost + cost };
  }

  /**
   * US dollars, a million at most.
   * @param modelId as upstream names it, or in any spelling of that
   * @param credits as upstream reported them; undefined: it reported none
   */
  costOf(modelId: string, use: TokenUse, credits?: number): number {
    return within(costAt(this.prices.list.pricingOf(modelId), use, credits), HIGHEST_COST);
  }

  /** Of the price table that `costOf` goes by. */
  get priceVersion(): string {
    return this.prices.list.version;
  }

  private firstLook(month: string, keyId: string): Promise<Spent> {
    const name = `${month} ${keyId}`;
    const running = this.firstLooks.get(name);
    if (running !== undefined) return running;
    const look = this.lookForSoLong(month, keyId).finally(() => this.firstLooks.delete(name));
    this.firstLooks.set(name, look);
    return look;
  }

  private async lookForSoLong(month: string, keyId: string): Promise<Spent> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LONGEST_WAIT_MS);
    await Promise.race([this.look(month, keyId), late]);
    clearTimeout(timer);
    const found = this.known.peek(keyId);
    if (found?.spent.month === month) return found.spent;
    // Until it can be read.
    const spent = { month, ...this.ledger.unwrittenOf(month, keyId) };
    this.known.set(keyId, { spent, lookedAt: this.clock.now() });
    return spent;
  }

  private look(month: string, keyId: string): Promise<void> {
    const known = this.known.peek(keyId);
    if (known) known.lookedAt = this.clock.now();
    return this.ledger.read(month, keyId, (total) => this.found(month, keyId, total));
  }

  private found(month: string, keyId: string, total: Amount): void {
    const now = this.clock.now();
    // Else the month ended while it was read.
    if (month === monthOf(now)) this.known.set(keyId, { spent: { month, ...total }, lookedAt: now });
  }
}

function within(amount: number, most: number): number {
  return amount > 0 ? Math.min(amount, most) : 0;
}
