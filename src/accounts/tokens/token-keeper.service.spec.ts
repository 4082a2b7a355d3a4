import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { Chance } from '../../platform/chance.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import type { Account } from '../account.js';
import type { AccountDirectory } from '../account-directory.service.js';
import { type HeldToken, holdToken } from './held-token.js';
import { renewalFailed, signInNeeded } from './renewal-errors.js';
import { RenewalLine } from './renewal-line.service.js';
import { TokenKeeper } from './token-keeper.service.js';
import type { TokenRenewer, WantedToken } from './token-renewer.service.js';

Logger.overrideLogger(false);

/** Renewals that end when the test says so; in the store is what the test puts there. */
class ScriptedRenewer {
  readonly asked: { id: string; wanted: WantedToken; answer: PromiseWithResolvers<HeldToken> }[] = [];
  readonly kept = new Map<string, HeldToken>();

  stored = async (id: string, { not }: WantedToken) => {
    const held = this.kept.get(id);
    return held?.token === not ? undefined : held;
  };
  renew = (id: string, wanted: WantedToken): Promise<HeldToken> => {
    const answer = Promise.withResolvers<HeldToken>();
    this.asked.push({ id, wanted, answer });
    return answer.promise;
  };
  forgetOthers = () => undefined;
  readonly unstored: string[] = [];
  storeAgain = async (id: string): Promise<void> => {
    this.unstored.splice(this.unstored.indexOf(id), 1);
  };
}

describe('TokenKeeper', () => {
  let clock: TestClock;
  let renewer: ScriptedRenewer;
  let keeper: TokenKeeper;
  let reloaded: (accounts: ReadonlyMap<string, Partial<Account>>) => void;
  let found: Partial<Account> | undefined;

  beforeEach(() => {
    clock = new TestClock();
    renewer = new ScriptedRenewer();
    found = { provider: 'amazonq' };
    keeper = open();
  });

  function open(environment: Record<string, string> = {}): TokenKeeper {
    const directory = { onReload: (listener: typeof reloaded) => (reloaded = listener), find: () => found };
    const chance = Object.assign(new Chance(), { next: () => 0 });
    return new TokenKeeper(
      renewer as unknown as TokenRenewer,
      new RenewalLine(),
      directory as unknown as AccountDirectory,
      clock,
      chance,
      readConfiguration(environment),
    );
  }
  afterEach(async () => {
    jest.useRealTimers();
    // What nobody waited for would fail at the end of its patience.
    for (const { answer } of renewer.asked) answer.resolve(held('late'));
    await keeper.onApplicationShutdown();
  });

  const held = (token: string) => {
    const now = clock.now();
    return holdToken(token, { expiresAt: now + 3_600_000, obtainedAt: now }, 300_000, 0);
  };
  const answer = (index: number, token: string) => renewer.asked[index]?.answer.resolve(held(token));
  /** What was begun came as far as it does by itself. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  async function hold(token: string): Promise<void> {
    const first = keeper.accessToken('one');
    await settled();
    answer(renewer.asked.length - 1, token);
    await first;
  }

  it('hands a held token out as the same promise each time, and asks nobody', async () => {
    await hold('first');
    const promise = keeper.accessToken('one');
    expect(keeper.accessToken('one')).toBe(promise);
    expect(keeper.accessToken('one', { renewIf: 'an older one' })).toBe(promise);
    expect(await promise).toBe('first');
    expect(renewer.asked).toHaveLength(1);
  });

  it('takes the stored token first', async () => {
    renewer.kept.set('one', held('stored'));
    expect(await keeper.accessToken('one')).toBe('stored');
    expect(renewer.asked).toEqual([]);
  });

  it('goes on with a token that ends soon while one renewal runs, and without it when it failed', async () => {
    await hold('first');
    clock.advance(3301);
    expect(await keeper.accessToken('one')).toBe('first');
    expect(await keeper.accessToken('one')).toBe('first');
    await settled();
    expect(renewer.asked).toHaveLength(2);
    renewer.asked[1]?.answer.reject(renewalFailed(undefined));
    await keeper.settled();
    expect(await keeper.accessToken('one')).toBe('first');
    expect(renewer.asked).toHaveLength(2); // paused
    clock.advance(1);
    expect(await keeper.accessToken('one')).toBe('first');
    await settled();
    answer(2, 'second');
    await keeper.settled();
    expect(await keeper.accessToken('one')).toBe('second');
  });

  it('begins nothing more that waits in line once the service stops, and waits for what runs', async () => {
    const tokens = Array.from({ length: 20 }, (_, index) => keeper.accessToken(`account-${index}`));
    const ends = Promise.allSettled(tokens);
    await settled();
    const stopped = keeper.onApplicationShutdown();
    const running = renewer.asked.length;
    for (let index = 0; index < running; index++) answer(index, 'late');
    await stopped;
    expect(running).toBeLessThan(20);
    expect(renewer.asked).toHaveLength(running);
    expect((await ends).filter(({ status }) => status === 'rejected')).toHaveLength(20 - running);
  });

  it('waits no longer for a token that was stored late', async () => {
    const failing = keeper.accessToken('one');
    await settled();
    renewer.asked[0]?.answer.reject(renewalFailed(new Error('disk full')));
    await expect(failing).rejects.toThrow('could not be renewed');
    renewer.unstored.push('one');
    renewer.kept.set('one', held('stored late'));
    await keeper.storeUnstored();
    expect(await keeper.accessToken('one')).toBe('stored late');
  });

  it('waits for the renewal of a token that ended', async () => {
    await hold('first');
    clock.advance(3571);
    const tokens = Promise.all([keeper.accessToken('one'), keeper.accessToken('one')]);
    await settled();
    answer(1, 'second');
    expect(await tokens).toEqual(['second', 'second']);
    expect(renewer.asked).toHaveLength(2);
  });

  it('does not wait for ever: another account is tried meanwhile, and the renewal goes on', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const waiting = Promise.allSettled([keeper.accessToken('one'), keeper.accessToken('one')]);
    await settled();
    await jest.advanceTimersByTimeAsync(20_000);
    for (const { status } of await waiting) expect(status).toBe('rejected');
    await expect(keeper.accessToken('one')).rejects.toMatchObject({ failure: { retry: 'other-account' } });
    expect(renewer.asked).toHaveLength(1);
    answer(0, 'late');
    await settled();
    expect(await keeper.accessToken('one')).toBe('late');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks again at once when an operator ends the pause after a failure', async () => {
    const failed = expect(keeper.accessToken('one')).rejects.toThrow();
    await settled();
    renewer.asked[0]?.answer.reject(new Error('reset'));
    await failed;
    await expect(keeper.accessToken('one')).rejects.toThrow();
    expect(renewer.asked).toHaveLength(1);

    keeper.endPause('one');
    const token = keeper.accessToken('one');
    await settled();
    answer(1, 'second');
    expect(await token).toBe('second');
  });

  it('waits no longer than for an answer, where that is less', async () => {
    keeper = open({ UPSTREAM_FIRST_BYTE_TIMEOUT: '2' });
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const waiting = expect(keeper.accessToken('one')).rejects.toMatchObject({ failure: { retry: 'other-account' } });
    await settled();
    await jest.advanceTimersByTimeAsync(2_000);
    await waiting;
  });

  it('does not take a reading that runs for the renewal of the token it brings', async () => {
    renewer.kept.set('one', held('stored'));
    const reading = keeper.accessToken('one');
    const refused = keeper.accessToken('one', { renewIf: 'stored' });
    expect(await reading).toBe('stored');
    await settled();
    expect(renewer.asked).toMatchObject([{ wanted: { not: 'stored' } }]);
    answer(0, 'second');
    expect(await refused).toBe('second');
  });

  it('forgets: what ran for the old credentials leaves no trace', async () => {
    const old = keeper.accessToken('one');
    await settled();
    keeper.forget('one');
    const next = keeper.accessToken('one');
    await settled();
    answer(0, 'of the old');
    answer(1, 'of the new');
    expect(await old).toBe('of the old');
    expect(await next).toBe('of the new');
    expect(await keeper.accessToken('one')).toBe('of the new');
    expect(renewer.asked).toHaveLength(2);
  });

  it('keeps nothing of accounts that are gone', async () => {
    reloaded(new Map([['one', { id: 'one' }]]));
    await hold('first');
    reloaded(new Map([['another', { id: 'another' }]]));
    void keeper.accessToken('one');
    await settled();
    expect(renewer.asked).toHaveLength(2);
  });

  it('forgets what it holds, and its pause, once the credentials were replaced', async () => {
    const account = (credentialsSince?: Date) => new Map([['one', { id: 'one', credentialsSince }]]);
    reloaded(account());
    await hold('first');
    reloaded(account());
    expect(await keeper.accessToken('one')).toBe('first');

    reloaded(account(new Date(1)));
    const failing = keeper.accessToken('one');
    await settled();
    renewer.asked[1]?.answer.reject(signInNeeded('over'));
    await expect(failing).rejects.toThrow('new sign-in');
    await expect(keeper.accessToken('one')).rejects.toThrow('new sign-in');
    expect(renewer.asked).toHaveLength(2);

    reloaded(account(new Date(2)));
    await hold('third');
    expect(await keeper.accessToken('one')).toBe('third');
    expect(renewer.asked).toHaveLength(3);
  });

  describe('ahead of time', () => {
    it('renews what is due, once, and not while it pauses', async () => {
      await hold('first');
      expect(keeper.renewAhead('one')).toBe(false);
      clock.advance(3301);
      expect(keeper.renewAhead('one')).toBe(true);
      expect(keeper.renewAhead('one')).toBe(false);
      await settled();
      renewer.asked[1]?.answer.reject(renewalFailed(undefined));
      await settled();
      expect(keeper.renewAhead('one')).toBe(false);
      clock.advance(1);
      expect(keeper.renewAhead('one')).toBe(true);
      await settled();
      answer(2, 'second');
      await settled();
      expect(await keeper.accessToken('one')).toBe('second');
      expect(renewer.asked).toHaveLength(3);
    });

    it('lets requests use what is stored meanwhile', async () => {
      renewer.kept.set('one', held('stored'));
      clock.advance(3301);
      expect(keeper.renewAhead('one')).toBe(true);
      expect(await keeper.accessToken('one')).toBe('stored');
      await settled();
      expect(renewer.asked).toHaveLength(1);
      expect(await keeper.accessToken('one')).toBe('stored');
      answer(0, 'second');
      await settled();
      expect(await keeper.accessToken('one')).toBe('second');
    });

    it('steps aside for requests that wait', async () => {
      for (let index = 0; index < 50; index++) keeper.renewAhead(`ahead-${index}`);
      await settled();
      expect(renewer.asked).toHaveLength(8);
      void keeper.accessToken('ahead-49');
      void keeper.accessToken('urgent');
      await settled();
      expect(renewer.asked.slice(8).map(({ id }) => id)).toEqual(['ahead-49', 'urgent']);
    });
  });

  describe('when an operator asks', () => {
    it('renews a token that would last, for all who ask at once', async () => {
      await hold('first');
      const renewed = keeper.renewNow('one');
      await settled();
      expect(renewer.asked[1]?.wanted).toEqual({ since: clock.now() });
      expect(keeper.isRenewing('one')).toBe(true);
      expect(await keeper.accessToken('one')).toBe('first');
      answer(1, 'second');
      await renewed;
      expect(keeper.isRenewing('one')).toBe(false);
      expect(await keeper.accessToken('one')).toBe('second');
    });

    it('asks though a pause runs, and though what ran before failed', async () => {
      const failing = keeper.accessToken('one');
      await settled();
      const renewed = keeper.renewNow('one');
      renewer.asked[0]?.answer.reject(renewalFailed(undefined));
      await expect(failing).rejects.toThrow('could not be renewed');
      await settled();
      answer(1, 'second');
      await renewed;
      expect(await keeper.accessToken('one')).toBe('second');
    });

    it.each([
      [signInNeeded('Invalid refresh token provided'), 'The token was not renewed: Invalid refresh token provided'],
      [renewalFailed(new TokenRenewalError('http_500', 'It refused')), 'The token was not renewed: It refused'],
      [renewalFailed(new Error('password=…')), "The account's token could not be renewed"],
      [new TypeError('a fault of ours'), "The account's token could not be renewed"],
    ])('says what went wrong: %s', async (error, message) => {
      const renewed = keeper.renewNow('one');
      await settled();
      renewer.asked[0]?.answer.reject(error);
      await expect(renewed).rejects.toMatchObject({ name: 'GatewayError', kind: 'account', message });
    });

    it('refuses where there is nothing to renew', async () => {
      found = { provider: 'anthropic' };
      await expect(keeper.renewNow('one')).rejects.toMatchObject({ kind: 'conflict' });
      expect(renewer.asked).toEqual([]);
    });
  });
});
