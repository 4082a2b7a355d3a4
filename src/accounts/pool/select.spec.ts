import { describe, expect, it } from '@jest/globals';
import { evenChance, NOON, tally } from '../../../test/support/candidates.js';
import { accountOf, listingOf, memberOf } from '../../../test/support/pool-members.js';
import { STRATEGIES, type StrategyName } from '../../core/pool/strategies/strategies.js';
import type { LeaseRequest } from './lease-request.js';
import type { PoolMember } from './pool-member.js';
import type { Listing } from './roster.service.js';
import { type Selection, select } from './select.js';

const REQUEST: LeaseRequest = { model: 'claude-sonnet-5', excluded: new Set() };
const idOf = ({ chosen }: Selection) => chosen?.id;
const idsOf = (members: readonly PoolMember[]) => members.map(({ id }) => id);

/** The pool of a test: looks, and takes, as the service does. */
class TestPool {
  now = NOON;
  private turn = 0;
  private readonly chance = evenChance();

  constructor(
    private readonly listing: Listing,
    private readonly strategy: StrategyName = 'round_robin',
  ) {}

  look(request: Partial<LeaseRequest> = {}, boundTo?: string): Selection {
    const circumstances = { now: this.now, chance: this.chance };
    const strategy = STRATEGIES[this.strategy];
    return select(this.listing, { request: { ...REQUEST, ...request }, boundTo, strategy, circumstances });
  }

  take(request: Partial<LeaseRequest> = {}): string | undefined {
    const { chosen, candidates } = this.look(request);
    if (!chosen) return undefined;
    STRATEGIES[this.strategy].took?.(candidates, chosen);
    chosen.served++;
    chosen.lastTurn = ++this.turn;
    chosen.window.add(this.now);
    return chosen.id;
  }

  run(count: number): (string | undefined)[] {
    return Array.from({ length: count }, () => this.take());
  }
}

describe('who serves a request', () => {
  it('is nobody that is out, full, or left by it', () => {
    const [off, out, full, left, free] = [
      memberOf('off', { enabled: false }),
      memberOf('out', { status: 'suspended' }),
      memberOf('full', { maxConcurrent: 1 }),
      memberOf('left'),
      memberOf('free'),
    ] as const;
    full.inFlight = 1;
    const selection = new TestPool(listingOf([off, out, full, left, free])).look({ excluded: new Set(['left']) });
    expect(idOf(selection)).toBe('free');
    expect(idsOf(selection.candidates)).toEqual(['free']);
    expect(idsOf(selection.usable)).toEqual(['full', 'left', 'free']);
  });

  it('is of the kind it takes', () => {
    const pool = new TestPool(listingOf([memberOf('q'), memberOf('endpoint', { provider: 'anthropic' })]));
    expect(idOf(pool.look({ provider: 'anthropic' }))).toBe('endpoint');
  });

  it('is where a pattern leads to the model only while nobody usable lists it under its name', () => {
    const named = memberOf('named');
    const pool = new TestPool(listingOf([named], [memberOf('by pattern')]));
    expect(pool.run(2)).toEqual(['named', 'named']);
    // It is only left by the request: another model is no way out.
    expect(pool.take({ excluded: new Set(['named']) })).toBeUndefined();
    named.isInDoubt = true;
    expect(pool.take()).toBe('by pattern');
  });

  it.each<StrategyName>(['round_robin', 'weighted_round_robin', 'least_used', 'random', 'least_latency', 'most_quota'])(
    'is, by %s too, nobody of a later priority while there is an earlier one',
    (strategy) => {
      const members = [
        memberOf('later', { priority: 1, weight: 100 }),
        memberOf('first'),
        memberOf('last', { weight: 0 }),
        memberOf('first too'),
      ];
      const pool = new TestPool(listingOf(members), strategy);
      expect(new Set(pool.run(40))).toEqual(new Set(['first', 'first too']));
      const disable = (...ids: string[]) => {
        for (const member of members)
          if (ids.includes(member.id)) member.show({ ...member.account, enabled: false }, NOON);
      };
      disable('first', 'first too');
      expect(new Set(pool.run(10))).toEqual(new Set(['later']));
      disable('later');
      expect(new Set(pool.run(10))).toEqual(new Set(['last']));
    },
  );

  it('tells when there may be room where all are full, and when one may be tried where all are open', () => {
    const [busy, limited] = [
      memberOf('busy', { maxConcurrent: 1 }),
      memberOf('limited', { requestsPerMinute: 1 }),
    ] as const;
    busy.inFlight = 1;
    limited.window.add(NOON);
    expect(new TestPool(listingOf([busy])).look().freeAt).toBe(Number.POSITIVE_INFINITY);
    expect(new TestPool(listingOf([busy, limited])).look().freeAt).toBe(NOON + 61_000);
    const rules = { isEnabled: true, threshold: 1, recoveryMs: 60_000 };
    const open = memberOf('open');
    open.breaker.failed(rules, NOON, 0.5);
    const selection = new TestPool(listingOf([open])).look();
    expect(selection.chosen).toBeUndefined();
    expect(selection).toMatchObject({ freeAt: undefined, retryAt: NOON + 60_000 });
  });
});

describe('an account that was named in advance', () => {
  const kinds = () => [
    memberOf('q', { weight: 2 }),
    memberOf('endpoint', { provider: 'anthropic' }),
    memberOf('other endpoint', { provider: 'anthropic' }),
  ];

  it.each<StrategyName>(['weighted_round_robin', 'random'])(
    'keeps the weights of both kinds when the kind is decided first, by %s',
    (strategy) => {
      const members = kinds();
      const pool = new TestPool(listingOf(members), strategy);
      const taken = Array.from({ length: 400 }, () => {
        const preview = pool.look().chosen;
        return pool.take({ preferred: preview?.id, provider: preview?.account.provider });
      });
      const counts = tally(taken.map(String));
      const error = strategy === 'random' ? 40 : 0;
      expect(Math.abs((counts.q ?? 0) - 200)).toBeLessThanOrEqual(error);
      expect(Math.abs((counts.endpoint ?? 0) - 100)).toBeLessThanOrEqual(error);
    },
  );

  it('is not taken when it was left, is full, or is gone: then it is somebody’s turn of the kind', () => {
    const members = kinds();
    const pool = new TestPool(listingOf(members));
    const request = { preferred: 'endpoint', provider: 'anthropic' } as const;
    expect(pool.take({ ...request, excluded: new Set(['endpoint']) })).toBe('other endpoint');
    members[1]?.show(accountOf('endpoint', { provider: 'anthropic', maxConcurrent: 1 }), NOON);
    if (members[1]) members[1].inFlight = 1;
    expect(pool.take(request)).toBe('other endpoint');
    expect(pool.take({ ...request, preferred: 'nobody' })).toBe('other endpoint');
  });

  it('is never of another kind than the request takes', () => {
    expect(new TestPool(listingOf(kinds())).take({ preferred: 'q', provider: 'anthropic' })).toBe('endpoint');
  });
});

describe('least used, of accounts that were away', () => {
  const served = (members: readonly PoolMember[]) => members.map((member) => member.served);

  it('begins a newcomer with as many as whoever has fewest', () => {
    const members = [memberOf('a'), memberOf('b')];
    const listing = listingOf(members);
    const pool = new TestPool(listing, 'least_used');
    pool.run(100);
    const grown = new TestPool(listingOf([...members, memberOf('new')]), 'least_used');
    expect(tally(grown.run(30).map(String))).toEqual({ a: 10, b: 10, new: 10 });
  });

  it('does not send everything to one that comes back', () => {
    const members = [memberOf('a'), memberOf('b'), memberOf('c')];
    const [, , c] = members;
    const pool = new TestPool(listingOf(members), 'least_used');
    pool.run(3);
    c?.show(accountOf('c', { enabled: false }), NOON);
    pool.run(100);
    expect(served(members)).toEqual([51, 51, 1]);
    c?.show(accountOf('c'), NOON);
    expect(tally(pool.run(30).map(String))).toEqual({ a: 10, b: 10, c: 10 });
  });

  it('nor to one that was left alone because it was asked too often', () => {
    const members = [memberOf('a'), memberOf('b')] as const;
    const pool = new TestPool(listingOf(members), 'least_used');
    pool.run(2);
    members[1].cooldown.heard(NOON + 5_000);
    pool.run(50);
    pool.now = NOON + 6_000;
    expect(tally(pool.run(20).map(String))).toEqual({ a: 10, b: 10 });
  });

  it('nor to one whose quota came back', () => {
    const quota = { used: 1, limit: 1, readAt: new Date(NOON) };
    const members = [memberOf('a'), memberOf('b', { quota })] as const;
    const pool = new TestPool(listingOf(members), 'least_used');
    expect(new Set(pool.run(50))).toEqual(new Set(['a']));
    members[1].show(accountOf('b', { quota: { ...quota, used: 0, readAt: new Date(NOON + 1) } }), NOON);
    expect(tally(pool.run(20).map(String))).toEqual({ a: 10, b: 10 });
  });
});
