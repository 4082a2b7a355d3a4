import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { GatewayError } from '../../core/errors.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import type { LiveSettings } from '../../settings/live-settings.service.js';
import type { AccountDirectory } from '../account-directory.service.js';
import type { LeaseRequest } from './lease-request.js';
import { WaitingLine } from './waiting-line.service.js';
import type { NoRoom, WaitingPlace } from './waiting-place.js';

const NEVER = Number.POSITIVE_INFINITY;

/** A line before a pool of our own: so many requests fit at once, and none before a time. */
class Room {
  readonly line: WaitingLine;
  readonly metrics = new Metrics();
  readonly tell: { settings?: () => void; accounts?: () => void } = {};
  free = 0;
  /** Epoch milliseconds. */
  opensAt = 0;
  looks = 0;
  /** The only model that has room; undefined: any. */
  only?: string;
  /** Who was served, refused (with what), or hung up, in that order. */
  readonly ended: string[] = [];

  constructor(environment: Record<string, string> = {}) {
    this.line = new WaitingLine(
      readConfiguration({
        ENCRYPTION_KEY: 'A'.repeat(43).concat('='),
        QUEUE_SIZE: '100',
        QUEUE_TIMEOUT: '10',
        ...environment,
      }),
      new Clock(),
      this.metrics,
      { onChange: (listener: () => void) => (this.tell.settings = listener) } as unknown as LiveSettings,
      { onReload: (listener: () => void) => (this.tell.accounts = listener) } as unknown as AccountDirectory,
    );
  }

  /** As the pool does it. */
  async ask(name: string, fields: Partial<LeaseRequest> = {}): Promise<void> {
    const request = { model: 'sonnet', excluded: new Set<string>(), caller: name.slice(0, 1), ...fields };
    try {
      await this.leaseFor(request);
      this.ended.push(name);
    } catch (error) {
      const { kind, retryAfter } = error as GatewayError;
      this.ended.push(kind ? `${name} ${kind} ${retryAfter}` : `${name} ${error}`);
    }
  }

  givenBack(): void {
    this.free++;
    this.line.wake();
  }

  private async leaseFor(request: LeaseRequest): Promise<void> {
    const first = this.line.isWaitedFor(request.model) ? undefined : this.look(request);
    if (first === 'room') return;
    using place = this.line.enter(request);
    await this.inLine(place, request, first);
  }

  private async inLine(place: WaitingPlace, request: LeaseRequest, first: NoRoom | undefined): Promise<void> {
    for (let noRoom = first; ; ) {
      await place.turn(noRoom);
      const found = this.look(request);
      if (found === 'room') return place.served();
      noRoom = found;
    }
  }

  private look({ model }: LeaseRequest): NoRoom | 'room' {
    this.looks++;
    const now = Date.now();
    if (this.free > 0 && now >= this.opensAt && (this.only ?? model) === model) {
      this.free--;
      return 'room';
    }
    const soonest = Math.max(this.opensAt, now);
    return { freeAt: this.free > 0 ? soonest : NEVER, soonest, news: this.line.news };
  }
}

/** Timers of lines that are neither over nor cleared. Others in this process may set timers too while the loop turns. */
const lineTimers = new Set<unknown>();

function watchTimers(): void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const watched = (work: () => void, ms?: number) => {
    const timer = set(() => {
      lineTimers.delete(timer);
      work();
    }, ms);
    if (new Error().stack?.includes('waiting-line.service')) lineTimers.add(timer);
    return timer;
  };
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(watched as typeof setTimeout);
  jest.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    lineTimers.delete(timer);
    clear(timer);
  });
}

let room: Room;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 20, 12), doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
  lineTimers.clear();
  watchTimers();
  room = new Room();
});
afterEach(() => {
  expect(room.line.size).toBe(0);
  expect(lineTimers.size).toBe(0);
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Time passes, and what follows from it happens. */
async function pass(milliseconds: number): Promise<void> {
  await setImmediate();
  await jest.advanceTimersByTimeAsync(milliseconds);
  await setImmediate();
}

async function gauge(): Promise<number | undefined> {
  const metric = await room.metrics.registry.getSingleMetric('amq_gateway_waiting_requests')?.get();
  return metric?.values[0]?.value;
}

describe('the line before the pool', () => {
  it('serves who waits as soon as an account is given back, and nobody else', async () => {
    for (const name of ['a1', 'a2']) void room.ask(name);
    await pass(0);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['a1']);
    expect(await gauge()).toBe(1);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['a1', 'a2']);
    expect(await gauge()).toBe(0);
  });

  it('is fair between API keys: one with a single request does not wait behind another’s fifty', async () => {
    for (let request = 1; request <= 50; request++) void room.ask(`a${request}`);
    void room.ask('b1');
    void room.ask('c1');
    await pass(0);
    for (let place = 0; place < 4; place++) {
      room.givenBack();
      await pass(0);
    }
    expect(room.ended).toEqual(['a1', 'b1', 'c1', 'a2']);
    room.free = 48;
    room.line.wake();
    await pass(0);
    expect(room.ended).toHaveLength(52);
  });

  it('lets nobody pass by who comes while others wait', async () => {
    void room.ask('a1');
    await pass(0);
    room.free = 1; // nobody heard of it yet
    void room.ask('b1');
    await pass(0);
    expect(room.ended).toEqual([]);
    room.line.wake();
    await pass(0);
    expect(room.ended).toEqual(['a1']);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['a1', 'b1']);
  });

  it('lets who waits for another model look at once', async () => {
    void room.ask('a1');
    await pass(0);
    room.free = 1;
    await room.ask('b1', { model: 'haiku' });
    expect(room.ended).toEqual(['b1']);
    room.givenBack();
    await pass(0);
  });

  it('lets who takes other accounts look at once, though others wait for the same model', async () => {
    void room.ask('a1', { excluded: new Set(['one']) });
    await pass(0);
    room.free = 1;
    void room.ask('b1');
    await pass(0);
    expect(room.ended).toEqual(['b1']);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['b1', 'a1']);
  });

  it('refuses with a 429 and a retry-after when nobody had room in time', async () => {
    void room.ask('a1');
    await pass(9_999);
    expect(room.ended).toEqual([]);
    await pass(1);
    expect(room.ended).toEqual(['a1 rate_limit 1']);
  });

  it('serves when the time comes, without being told', async () => {
    room.free = 2;
    room.opensAt = Date.now() + 3_500;
    for (const name of ['a1', 'b1']) void room.ask(name);
    await pass(3_499);
    expect(room.ended).toEqual([]);
    await pass(1);
    expect(room.ended).toEqual(['a1', 'b1']);
  });

  it('keeps nobody waiting for what comes too late for certain, and says when', async () => {
    room.opensAt = Date.now() + 25_000;
    room.free = 1;
    await room.ask('a1');
    expect(room.ended).toEqual(['a1 rate_limit 25']);
  });

  it('says so to all who wait, as soon as one look finds it', async () => {
    for (const name of ['a1', 'a2', 'b1']) void room.ask(name);
    await pass(2_000);
    room.opensAt = Date.now() + 60_000;
    room.line.wake();
    await pass(0);
    expect(room.ended.sort()).toEqual(['a1 rate_limit 60', 'a2 rate_limit 60', 'b1 rate_limit 60']);
  });

  it('waits where all that is known is that a request has to end, and that no sooner than in time', async () => {
    room.opensAt = Date.now() + 4_000; // and full beside that
    void room.ask('a1');
    await pass(4_500);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['a1']);
  });

  it.each([
    ['settings', (line: Room) => line.tell.settings?.()],
    ['accounts', (line: Room) => line.tell.accounts?.()],
  ])('looks again when %s changed', async (_, change) => {
    void room.ask('a1');
    await pass(0);
    room.free = 1;
    change(room);
    await pass(0);
    expect(room.ended).toEqual(['a1']);
  });

  it('finds out within a second what nobody tells', async () => {
    void room.ask('a1');
    await pass(0);
    room.free = 1;
    await pass(1_000);
    expect(room.ended).toEqual(['a1']);
  });

  it('misses nothing that happens between a look and the wait', async () => {
    const place = room.line.enter({ model: 'sonnet', excluded: new Set() });
    const noRoom = { freeAt: NEVER, soonest: Date.now(), news: room.line.news };
    room.givenBack();
    let called = false;
    void place.turn(noRoom).then(() => {
      called = true;
    });
    await pass(0);
    expect(called).toBe(true);
    place[Symbol.dispose]();
  });
});

describe('a line that is full', () => {
  beforeEach(() => {
    room = new Room({ QUEUE_SIZE: '3' });
  });

  it('refuses one more at once', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4']) void room.ask(name);
    await pass(0);
    expect(room.ended).toEqual(['a4 rate_limit 1']);
    await pass(10_000);
  });

  it('gives the place of whoever has most waiting to one who has none', async () => {
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'd1']) void room.ask(name);
    await pass(0);
    // d1 would have to take the only place of another.
    expect(room.ended.sort()).toEqual(['a2 rate_limit 1', 'a3 rate_limit 1', 'd1 rate_limit 1']);
    room.free = 3;
    room.line.wake();
    await pass(0);
    expect(room.ended.slice(3)).toEqual(['a1', 'b1', 'c1']);
  });

  it('is none at all at size 0, nor with no time to wait', async () => {
    room = new Room({ QUEUE_SIZE: '0' });
    await room.ask('a1');
    expect(room.ended).toEqual(['a1 rate_limit 1']);
    room = new Room({ QUEUE_TIMEOUT: '0' });
    await room.ask('a1');
    expect(room.ended).toEqual(['a1 rate_limit 1']);
  });
});

describe('a client that hangs up', () => {
  it('leaves the line at once', async () => {
    const gone = new AbortController();
    void room.ask('a1', { signal: gone.signal });
    void room.ask('b1');
    await pass(0);
    gone.abort('gone');
    await pass(0);
    expect(room.ended).toEqual(['a1 gone']);
    expect(room.line.size).toBe(1);
    room.givenBack();
    await pass(0);
    expect(room.ended).toEqual(['a1 gone', 'b1']);
  });

  it('does not even enter when it is gone already', async () => {
    await room.ask('a1', { signal: AbortSignal.abort('gone') });
    expect(room.ended).toEqual(['a1 gone']);
  });

  it('hands its turn on when it hangs up in the middle of its look', async () => {
    const gone = new AbortController();
    const first = room.line.enter({ model: 'sonnet', excluded: new Set(), signal: gone.signal });
    await Promise.all([first.turn(), pass(0)]);
    void room.ask('b1');
    await pass(0);
    room.free = 1;
    gone.abort('gone');
    room.line.wake();
    await pass(0);
    expect(room.ended).toEqual(['b1']);
    await expect(first.turn({ freeAt: NEVER, soonest: 0, news: 0 })).rejects.toBe('gone');
  });
});

describe('the work a line makes', () => {
  it('is one look a second for a thousand who wait, and one for each account that is given back', async () => {
    room = new Room({ QUEUE_SIZE: '2000', QUEUE_TIMEOUT: '60' });
    for (let request = 0; request < 1_000; request++) void room.ask(`${request % 10}-${request}`);
    await pass(0);
    room.looks = 0;
    await pass(20_000);
    expect(room.looks).toBeLessThanOrEqual(20);
    room.looks = 0;
    for (let account = 0; account < 100; account++) {
      room.givenBack();
      await pass(0);
    }
    expect(room.ended).toHaveLength(100);
    // Each finds its room; then the next finds none.
    expect(room.looks).toBeLessThanOrEqual(200);
    room.free = 900;
    room.line.wake();
    await pass(0);
    expect(room.ended).toHaveLength(1_000);
  });

  it('is bounded for a client that waits for a thousand models, and does not starve another', async () => {
    room = new Room({ QUEUE_SIZE: '2000', QUEUE_TIMEOUT: '60' });
    for (let request = 0; request < 1_000; request++) void room.ask(`a${request}`, { model: `model-${request}` });
    await pass(2_000);
    void room.ask('b1', { model: 'sonnet' });
    await pass(0);
    room.looks = 0;
    room.givenBack();
    room.free = 0; // somebody else was quicker
    await pass(0);
    expect(room.looks).toBeLessThanOrEqual(16);
    room.looks = 0;
    await pass(1_000);
    expect(room.looks).toBeLessThanOrEqual(16 * 41);
    expect(room.ended).toEqual([]);
    room.free = 2;
    room.line.wake();
    await pass(100);
    expect(room.ended).toContain('b1');
    room.free = 999;
    room.line.wake();
    await pass(60_000);
    expect(room.ended).toHaveLength(1_001);
  });

  it.each([
    ['twenty callers', 0],
    ['ever more callers', 1],
  ])('does not starve, however much news there is, one who has room behind %s who have none', async (_, more) => {
    room = new Room({ QUEUE_SIZE: '2000', QUEUE_TIMEOUT: '5' });
    room.only = 'sonnet';
    let name = 0x4e00;
    const askInVain = () => room.ask(String.fromCharCode(name), { model: `model-${name++}` });
    for (let caller = 0; caller < 20; caller++) void askInVain();
    await pass(100);
    void room.ask('b1');
    await pass(100);
    room.free = 1;
    for (let news = 0; news < 100; news++) {
      for (let each = 0; each < more; each++) void askInVain();
      room.line.wake();
      await pass(10);
    }
    expect(room.ended).toEqual(['b1']);
    await pass(5_000);
  });

  it('goes on without one whose look takes long, such as one that asks for a list of models', async () => {
    const slow = room.line.enter({ model: 'opus', excluded: new Set() });
    await Promise.all([slow.turn(), pass(0)]);
    void room.ask('b1');
    room.givenBack();
    await pass(249);
    expect(room.ended).toEqual([]);
    await pass(1);
    expect(room.ended).toEqual(['b1']);
    slow[Symbol.dispose]();
  });
});
