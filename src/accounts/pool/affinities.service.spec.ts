import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryOf } from '../../../test/support/memory-in-use.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import { Affinities } from './affinities.service.js';
import { conversationKey } from './conversation-key.js';

const TTL = 3600;

/** What replicas share, and how often they were asked. */
class WatchedStore extends MemoryStateStore {
  readonly told: [key: string, value: string, ttl: number][] = [];
  recalls = 0;

  override remember(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.told.push([key, value, ttlSeconds]);
    return super.remember(key, value, ttlSeconds);
  }

  override recall(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.recalls += keys.length;
    return super.recall(keys);
  }
}

let clock: TestClock;
let state: WatchedStore;
let settings: LiveSettings;
let opened: Affinities[];

function replica(): Affinities {
  const affinities = new Affinities(settings, state, clock);
  opened.push(affinities);
  return affinities;
}

beforeEach(() => {
  clock = new TestClock();
  state = new WatchedStore(clock);
  settings = new LiveSettings(readConfiguration({ SESSION_AFFINITY_TTL: String(TTL), DATABASE_PATH: ':memory:' }));
  opened = [];
});
afterEach(() => {
  for (const affinities of opened) affinities.onApplicationShutdown();
});

describe('Affinities', () => {
  it('know where a conversation goes, and nothing of one that nobody bound', async () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    expect(affinities.accountOf('c')).toBe('one');
    expect(await affinities.find('other')).toBeUndefined();
  });

  it('end when nobody used a conversation for its time', () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    clock.advance(TTL - 1);
    expect(affinities.accountOf('c')).toBe('one');
    clock.advance(1);
    expect(affinities.accountOf('c')).toBeUndefined();
  });

  it.each([
    ['by its own account', (affinities: Affinities) => affinities.bind('c', 'one')],
    ['elsewhere for once', (affinities: Affinities) => affinities.use('c')],
  ])('slide with each use %s', (_how, use) => {
    const affinities = replica();
    affinities.bind('c', 'one');
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(TTL - 1);
      use(affinities);
    }
    expect(affinities.accountOf('c')).toBe('one');
  });

  it('do not slide by being looked at', async () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    clock.advance(TTL - 1);
    expect([affinities.accountOf('c'), await affinities.find('c')]).toEqual(['one', 'one']);
    clock.advance(1);
    expect(affinities.accountOf('c')).toBeUndefined();
    expect(await affinities.find('c')).toBeUndefined();
  });

  it('go by the account that served last', () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    affinities.bind('c', 'two');
    expect(affinities.accountOf('c')).toBe('two');
  });

  it('are let go of at once, for every replica, but not when another account is bound by now', async () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    affinities.unbind('c', 'another');
    expect(affinities.accountOf('c')).toBe('one');
    affinities.unbind('c', 'one');
    expect(affinities.accountOf('c')).toBeUndefined();
    expect(await affinities.find('c')).toBeUndefined();
    expect(await replica().find('c')).toBeUndefined();
  });

  it('follow a change of the time they last, for those that are bound already too', () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    clock.advance(100);
    settings.use({ 'affinity.ttl': 60 });
    expect(affinities.accountOf('c')).toBeUndefined();
    settings.use({});
    expect(affinities.accountOf('c')).toBe('one');
  });

  it('are off when their time is 0: what was known is forgotten, and nothing is learnt', async () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    settings.use({ 'affinity.ttl': 0 });
    expect([affinities.isOn, affinities.size]).toEqual([false, 0]);
    affinities.bind('d', 'one');
    affinities.use('c');
    expect([affinities.size, await affinities.find('c')]).toEqual([0, undefined]);
    expect(state.recalls).toBe(0);
  });
});

describe('Affinities of several replicas', () => {
  it('are asked for where a conversation is new, and only there', async () => {
    const [first, second] = [replica(), replica()];
    first.bind('c', 'one');
    expect(await second.find('c')).toBe('one');
    expect(second.accountOf('c')).toBe('one');
    expect(second.find('c')).toBe('one');
    expect(first.find('c')).toBe('one');
    expect(state.recalls).toBe(1);
  });

  it('survive a restart', async () => {
    replica().bind('c', 'one');
    clock.advance(TTL - 1);
    expect(await replica().find('c')).toBe('one');
  });

  it('are told that a conversation goes on, but not with each turn', () => {
    const affinities = replica();
    affinities.bind('c', 'one');
    for (let turn = 0; turn < 60; turn++) {
      clock.advance(TTL / 60);
      affinities.bind('c', 'one');
    }
    expect(state.told).toHaveLength(1 + 4);
    expect(state.told.at(-1)).toEqual(['affinity:c', expect.stringMatching(/\none$/), TTL]);
  });

  it('hear of a conversation that was learnt from them with its first turn', async () => {
    const [first, second] = [replica(), replica()];
    first.bind('c', 'one');
    clock.advance(TTL - 1);
    await second.find('c');
    second.bind('c', 'one');
    clock.advance(TTL - 1);
    expect(await replica().find('c')).toBe('one');
  });

  it('agree when a conversation moves', async () => {
    const [first, second] = [replica(), replica()];
    first.bind('c', 'one');
    await second.find('c');
    clock.advance(1);
    second.bind('c', 'two');
    await Promise.resolve();
    expect([first.accountOf('c'), second.accountOf('c')]).toEqual(['two', 'two']);
    clock.advance(1);
    first.bind('c', 'one');
    await Promise.resolve();
    expect([first.accountOf('c'), second.accountOf('c')]).toEqual(['one', 'one']);
  });

  it.each([
    ['one', 'two'],
    ['two', 'one'],
  ])('agree on one account when both bind at once, %s here and %s there', async (here, there) => {
    const [first, second] = [replica(), replica()];
    first.bind('c', here);
    second.bind('c', there);
    await Promise.resolve();
    expect([first.accountOf('c'), second.accountOf('c')]).toEqual(['two', 'two']);
  });

  it('keep what was bound here while the others were asked', async () => {
    const [first, second] = [replica(), replica()];
    first.bind('c', 'one');
    const asked = second.find('c');
    second.bind('c', 'two');
    expect(await asked).toBe('two');
  });

  it.each([
    ['nothing of it', 'garbage'],
    ['no account', '1\n1\n'],
    ['no time', 'x\ny\none'],
  ])('bear what another version shares and says %s', async (_what, value) => {
    await state.remember('affinity:c', value, 60);
    expect(await replica().find('c')).toBeUndefined();
    const affinities = replica();
    affinities.bind('c', 'one');
    for (const message of [value, 'c', `c\n${value}`, 'c\nx\nzero']) state.publish('affinity', message);
    await Promise.resolve();
    expect(affinities.accountOf('c')).toBe('one');
  });

  it('hear nothing of conversations that they do not have', async () => {
    const [first, second] = [replica(), replica()];
    first.bind('c', 'one');
    await Promise.resolve();
    expect(second.size).toBe(0);
  });
});

describe('Affinities are bounded', () => {
  it('to 100,000 conversations, those longest out of use going first, in about 26 MB', () => {
    const name = (index: number) => conversationKey('key', String(index));
    // What is shared is another's memory; here it would be the same.
    state.remember = async () => undefined;
    state.publish = () => undefined;
    let affinities = replica();
    const bytes = memoryOf(() => {
      affinities = replica();
      for (let index = 0; index < 100_000; index++) affinities.bind(name(index), `account-${index % 7}`);
      return affinities;
    });
    expect(affinities.size).toBe(100_000);
    expect(bytes).toBeLessThan(30 * 10 ** 6);
    affinities.use(name(0));
    affinities.bind('one more', 'account-1');
    expect(affinities.size).toBe(100_000);
    expect([0, 1, 2].map((index) => affinities.accountOf(name(index)))).toEqual(['account-0', undefined, 'account-2']);
  });

  it('and cleaned in the background, some at a time, those that are in use staying', () => {
    const affinities = replica();
    for (let index = 0; index < 6_000; index++) affinities.bind(`old ${index}`, 'one');
    clock.advance(TTL - 1);
    affinities.use('old 17');
    affinities.bind('new', 'one');
    clock.advance(1);
    affinities.clean();
    expect(affinities.size).toBe(1_001);
    affinities.clean();
    affinities.clean();
    expect(affinities.size).toBe(2);
    expect([affinities.accountOf('old 17'), affinities.accountOf('new')]).toEqual(['one', 'one']);
  });
});
