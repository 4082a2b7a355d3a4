import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import type { ApiKey } from './api-key.entity.js';
import { formatApiKey } from './api-key.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import { KeyLookUps } from './key-look-ups.service.js';
import { UNLIMITED } from './key-settings.js';

const encryption = new Encryption(Buffer.alloc(32, 7));
const SECRET = formatApiKey(Buffer.alloc(32, 1));
const PREVIOUS = formatApiKey(Buffer.alloc(32, 2));

const stored = (overrides: Partial<ApiKey> = {}): ApiKey => ({
  ...UNLIMITED,
  id: 'key-1',
  name: 'one',
  prefix: 'amq_AQEBAQ',
  digest: encryption.digest(SECRET),
  previousDigest: null,
  previousExpiresAt: null,
  scopes: ['inference'],
  seeded: false,
  lastUsedAt: null,
  createdAt: new Date(0),
  ...overrides,
});

describe('KeyLookUps', () => {
  let clock: TestClock;
  let row: ApiKey | null;
  /** What the database does with a query. */
  let answer: () => Promise<ApiKey[]>;
  let find: jest.Mock<(digest: string) => Promise<ApiKey[]>>;
  let lookUps: KeyLookUps;
  let warn: jest.SpiedFunction<Logger['warn']>;
  let log: jest.SpiedFunction<Logger['log']>;

  const state = () => new MemoryStateStore(clock);
  const replica = (shared = state()) =>
    new KeyLookUps({ findBySecret: find } as unknown as ApiKeyRepository, encryption, shared, clock);
  const away = () => Promise.reject(new Error('connection refused'));
  const silent = () => new Promise<never>(() => undefined);
  /** Lets the clocks of the process and of the test run. */
  const pass = async (seconds: number) => {
    clock.advance(seconds);
    await jest.advanceTimersByTimeAsync(seconds * 1000);
  };
  /** The answer of a request, in the test's own time. */
  const ask = async (secret = SECRET, from = lookUps) => (await from.find(secret))?.id;
  const changed = async (by = lookUps) => {
    by.changed('key-1');
    await Promise.resolve();
  };
  const isAtOnce = () => {
    const found = lookUps.find(SECRET);
    return !(found instanceof Promise) && found !== null;
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    clock = new TestClock();
    row = stored();
    answer = async () => (row ? [row] : []);
    find = jest.fn(() => answer());
    lookUps = replica();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  describe('the database answers', () => {
    it('asks once for a burst of requests with one key, and for a burst with none', async () => {
      await Promise.all(Array.from({ length: 200 }, () => ask()));
      expect(find).toHaveBeenCalledTimes(1);
      row = null;
      await Promise.all(Array.from({ length: 200 }, () => ask('no key of ours')));
      expect(find).toHaveBeenCalledTimes(2);
    });

    it('goes by what it holds for two seconds', async () => {
      await ask();
      await pass(1.999);
      expect(isAtOnce()).toBe(true);
      expect(find).toHaveBeenCalledTimes(1);
    });

    it('looks a key in use up again aside, once: nobody waits', async () => {
      await ask();
      await pass(2);
      for (let request = 0; request < 100; request++) expect(isAtOnce()).toBe(true);
      expect(find).toHaveBeenCalledTimes(2);
      await pass(1.9);
      for (let request = 0; request < 100; request++) expect(isAtOnce()).toBe(true);
      expect(find).toHaveBeenCalledTimes(2);
    });

    it('costs a key that is used all the time no request a wait, for an hour', async () => {
      await ask();
      for (let second = 0; second < 3_600; second++) {
        await pass(1);
        expect(isAtOnce()).toBe(true);
      }
      expect(find.mock.calls.length).toBeLessThanOrEqual(1_801);
    });

    it('looks a key up first that was not used for five seconds', async () => {
      await ask();
      await pass(5);
      row = stored({ enabled: false });
      expect((await lookUps.find(SECRET))?.enabled).toBe(false);
    });

    it('sees aside what nobody told it', async () => {
      await ask();
      row = null;
      await pass(2);
      expect(await ask()).toBe('key-1');
      await pass(0);
      expect(await ask()).toBeUndefined();
    });

    it('hands the same object back while the row is the same', async () => {
      const first = await lookUps.find(SECRET);
      row = stored({ lastUsedAt: new Date(5) });
      await pass(5);
      expect(await lookUps.find(SECRET)).toBe(first);
      row = stored({ name: 'two' });
      await pass(5);
      expect((await lookUps.find(SECRET))?.accepted.identity.name).toBe('two');
    });

    it('knows the secret before the last rotation until its time', async () => {
      const previousExpiresAt = new Date(clock.now() + 60_000);
      row = stored({ previousDigest: encryption.digest(PREVIOUS), previousExpiresAt });
      expect((await lookUps.find(SECRET))?.expiresAt).toBe(Number.POSITIVE_INFINITY);
      expect((await lookUps.find(PREVIOUS))?.expiresAt).toBe(previousExpiresAt.getTime());
      row = stored({ ...row, expiresAt: new Date(clock.now() + 1_000) });
      await changed();
      expect((await lookUps.find(PREVIOUS))?.expiresAt).toBe(clock.now() + 1_000);
    });

    it('takes no row whose digest is another', async () => {
      row = stored({ digest: encryption.digest('another'), previousDigest: encryption.digest('one more') });
      expect(await ask()).toBeUndefined();
      row = stored({ digest: 'short' });
      expect(await ask(PREVIOUS)).toBeUndefined();
    });

    it('tells a mistyped key without a query', () => {
      expect(lookUps.find(SECRET.slice(0, -1) + (SECRET.endsWith('A') ? 'Q' : 'A'))).toBeNull();
      expect(find).not.toHaveBeenCalled();
    });

    it('asks for a secret that is no key once in five seconds', async () => {
      row = null;
      await ask('no key of ours');
      expect(lookUps.find('no key of ours')).toBeNull();
      await pass(5.001);
      row = stored({ digest: encryption.digest('no key of ours') });
      expect(await ask('no key of ours')).toBe('key-1');
    });
  });

  describe('a key is changed', () => {
    it('goes by it at once', async () => {
      await ask();
      row = null;
      await changed();
      expect(await ask()).toBeUndefined();
    });

    it('goes by it at once on every replica', async () => {
      const shared = state();
      const [here, there] = [replica(shared), replica(shared)];
      await ask(SECRET, there);
      row = null;
      await changed(here);
      expect(await ask(SECRET, there)).toBeUndefined();
    });

    it('does not keep what was read before, nor hand it to those who come after', async () => {
      const { promise, resolve } = Promise.withResolvers<ApiKey[]>();
      answer = () => promise;
      const early = ask();
      row = stored({ enabled: false });
      answer = async () => (row ? [row] : []);
      await changed();
      const late = lookUps.find(SECRET);
      resolve([stored()]);
      expect(await early).toBe('key-1');
      expect((await late)?.enabled).toBe(false);
      await pass(0);
      expect(lookUps.find(SECRET)).toMatchObject({ enabled: false });
    });
  });

  describe('the database does not answer', () => {
    it.each([
      ['fails', away],
      ['is silent', silent],
    ])('lets a key go on that it held, while it %s, and nobody waits after the first', async (_how, outage) => {
      await ask();
      answer = outage;
      await pass(5);
      const first = ask();
      await pass(1);
      expect(await first).toBe('key-1');
      for (let second = 6; second < 300; second++) {
        expect(isAtOnce()).toBe(true);
        await pass(1);
      }
      const queries = find.mock.calls.length;
      expect(queries).toBeLessThanOrEqual(150);
      expect(warn).toHaveBeenCalledTimes(1);
    });

    it('lets nobody go on longer than five minutes', async () => {
      await ask();
      answer = away;
      await pass(300.001);
      await expect(ask()).rejects.toMatchObject({ kind: 'unavailable', shouldRetry: true });
    });

    it('lets nobody in whom it does not know, and says so without the reason', async () => {
      answer = away;
      await expect(ask()).rejects.toMatchObject({
        kind: 'unavailable',
        message: 'API keys cannot be checked at the moment.',
        cause: new Error('connection refused'),
      });
    });

    it('gives a query up that takes more than five seconds, and asks again', async () => {
      answer = silent;
      const waiting = expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
      await pass(5);
      await waiting;
      answer = async () => (row ? [row] : []);
      expect(await ask()).toBe('key-1');
    });

    it('lets a key go on that takes the database more than a second, and keeps what it says then', async () => {
      await ask();
      await pass(5);
      const { promise, resolve } = Promise.withResolvers<ApiKey[]>();
      answer = () => promise;
      const doubted = ask();
      await pass(1);
      expect(await doubted).toBe('key-1');
      resolve([]);
      await pass(0);
      expect(await ask()).toBeUndefined();
    });

    it('refuses a key that was changed meanwhile', async () => {
      await ask();
      answer = away;
      await changed();
      await expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
    });

    it('refuses a key of which a change is told while a request waits', async () => {
      await ask();
      answer = silent;
      await pass(5);
      const waiting = expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
      await changed();
      await pass(1);
      await waiting;
    });

    it('lets a revoked key in no more once it is back, and says that it is', async () => {
      await ask();
      answer = away;
      await pass(6);
      expect(await ask()).toBe('key-1');
      row = null;
      answer = async () => [];
      // Not within the seconds in which nobody waits for what failed a moment ago.
      await pass(5);
      expect(await ask()).toBeUndefined();
      expect(log.mock.calls).toEqual([['API keys are looked up again']]);
    });

    it('has at most 1,000 queries out, and refuses what is beyond', async () => {
      answer = silent;
      const waiting = Array.from({ length: 1_001 }, (_, guess) => ask(`guess ${guess}`).catch((error) => error.cause));
      await pass(0);
      expect(find).toHaveBeenCalledTimes(1_000);
      expect(await waiting.at(-1)).toEqual(new Error('1000 keys are being looked up'));
      await pass(5);
      await Promise.all(waiting);
    });
  });
});
