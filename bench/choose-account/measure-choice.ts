import type { PoolMember } from '../../src/accounts/pool/pool-member.js';
import type { Listing } from '../../src/accounts/pool/roster.service.js';
import { type Selection, select } from '../../src/accounts/pool/select.js';
import type { Strategy } from '../../src/core/pool/strategies/strategy.js';
import { percentile } from '../report/percentile.js';
import { listingFor, type PoolState } from './pools.js';

/** Microseconds. */
export interface ChoiceFigures {
  p50: number;
  p99: number;
  max: number;
}

export interface ChoiceOptions {
  accounts: number;
  choices: number;
}

const warmUpChoices = 2_000;
/** Of these the calmest counts: what else the machine does at that time is no choosing. */
const rounds = 9;
/** Requests that run at once, one after the other taken off. */
const running = 300;
/** Between two requests: a thousand a second. */
const stepMs = 1;
const start = Date.UTC(2026, 0, 15);

/** Chooses and takes again and again, as the pool does for each request; only the choosing is timed, turns included. */
export function measureChoice(
  state: PoolState,
  strategy: Strategy,
  { accounts, choices }: ChoiceOptions,
): ChoiceFigures {
  const pool = new BusyPool(listingFor(state, accounts, start), state);
  measureRound(pool, strategy, warmUpChoices);
  const figures = Array.from({ length: rounds }, () => measureRound(pool, strategy, choices));
  return figures.reduce((calmest, round) => (round.p99 < calmest.p99 ? round : calmest));
}

function measureRound(pool: BusyPool, strategy: Strategy, choices: number): ChoiceFigures {
  const times = Array.from({ length: choices }, () => pool.choose(strategy) * 1000);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: percentile(times, 1) };
}

class BusyPool {
  private now = start;
  private turn = 0;
  private seed = 1;
  private readonly inFlight: PoolMember[] = [];
  private readonly excluded: ReadonlySet<string>;

  constructor(
    private readonly listing: Listing,
    private readonly state: PoolState,
  ) {
    this.excluded = new Set(listing.byName.slice(0, state.left ?? 0).map(({ id }) => id));
  }

  /** @returns milliseconds it took */
  choose(strategy: Strategy): number {
    this.now += stepMs;
    const request = { model: 'claude-sonnet-5', excluded: this.excluded };
    const circumstances = { now: this.now, chance: () => this.chance() };
    const rules = { request, boundTo: this.boundTo(), strategy, circumstances };
    const startedAt = performance.now();
    const { chosen, candidates } = select(this.listing, rules);
    if (chosen) strategy.took?.(candidates, chosen);
    const took = performance.now() - startedAt;
    this.take(chosen);
    return took;
  }

  private boundTo(): string | undefined {
    const isBound = this.state.isBound && this.turn % 2 === 0;
    return isBound ? this.listing.byName[Math.floor(this.chance() * this.listing.byName.length)]?.id : undefined;
  }

  private take(chosen: Selection['chosen']): void {
    if (!chosen) throw new Error('nobody can be chosen in this pool');
    chosen.inFlight++;
    chosen.served++;
    chosen.lastTurn = ++this.turn;
    chosen.window.add(this.now);
    this.inFlight.push(chosen);
    if (this.inFlight.length <= running) return;
    const done = this.inFlight.shift();
    if (!done) return;
    done.inFlight--;
    done.latency.measured(500 + 1000 * this.chance(), this.now);
    done.spend(1, this.now);
  }

  /** The same in each run (the generator of Numerical Recipes). */
  private chance(): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.seed / 2 ** 32;
  }
}
