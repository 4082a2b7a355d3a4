import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import type { AccountDirectory } from '../account-directory.service.js';
import { type HeldToken, holdToken } from './held-token.js';
import { renewalFailed } from './renewal-errors.js';
import { TokenKeeper } from './token-keeper.service.js';
import type { TokenRenewer } from './token-renewer.service.js';

Logger.overrideLogger(false);

/** Renewals that end when the test says so. */
class ScriptedRenewer {
  readonly asked: { how: 'load' | 'renew'; refused: string | undefined; answer: PromiseWithResolvers<HeldToken> }[] =
    [];

  load = (_id: string, refused: string | undefined) => this.ask('load', refused);
  renew = (_id: string, refused: string | undefined) => this.ask('renew', refused);

  private ask(how: 'load' | 'renew', refused: string | undefined): Promise<HeldToken> {
    const answer = Promise.withResolvers<HeldToken>();
    this.asked.push({ how, refused, answer });
    return answer.promise;
  }
}

describe('TokenKeeper', () => {
  let clock: TestClock;
  let renewer: ScriptedRenewer;
  let keeper: TokenKeeper;
  let reloaded: (ids: ReadonlySet<string>) => void;

  beforeEach(() => {
    clock = new TestClock();
    renewer = new ScriptedRenewer();
    const directory = { onReload: (listener: typeof reloaded) => (reloaded = listener) };
    keeper = new TokenKeeper(renewer as unknown as TokenRenewer, clock, directory as unknown as AccountDirectory);
  });

  const held = (token: string) => holdToken(token, clock.now() + 3_600_000, clock.now(), 300_000);
  const answer = (index: number, token: string) => renewer.asked[index]?.answer.resolve(held(token));

  async function hold(token: string): Promise<void> {
    const first = keeper.accessToken('one');
    answer(renewer.asked.length - 1, token);
    await first;
  }

  it('hands a held token out as the same promise each time, and asks nobody', async () => {
    await hold('first');
    const promise = keeper.accessToken('one');
    expect(keeper.accessToken('one')).toBe(promise);
    expect(keeper.accessToken('one', { renewIf: 'an older one' })).toBe(promise);
    expect(await promise).toBe('first');
    expect(renewer.asked.map(({ how }) => how)).toEqual(['load']);
  });

  it('goes on with a token that ends soon while one renewal runs, and without it when it failed', async () => {
    await hold('first');
    clock.advance(3301);
    expect(await keeper.accessToken('one')).toBe('first');
    expect(await keeper.accessToken('one')).toBe('first');
    expect(renewer.asked).toHaveLength(2);
    renewer.asked[1]?.answer.reject(renewalFailed(undefined));
    await keeper.onApplicationShutdown();
    expect(await keeper.accessToken('one')).toBe('first');
    expect(renewer.asked).toHaveLength(2); // paused
    clock.advance(1);
    expect(await keeper.accessToken('one')).toBe('first');
    answer(2, 'second');
    await keeper.onApplicationShutdown();
    expect(await keeper.accessToken('one')).toBe('second');
  });

  it('waits for the renewal of a token that ended', async () => {
    await hold('first');
    clock.advance(3571);
    const tokens = Promise.all([keeper.accessToken('one'), keeper.accessToken('one')]);
    answer(1, 'second');
    expect(await tokens).toEqual(['second', 'second']);
    expect(renewer.asked[1]?.how).toBe('renew');
  });

  it('does not take a reading that runs for the renewal of the token it brings', async () => {
    const reading = keeper.accessToken('one');
    const refused = keeper.accessToken('one', { renewIf: 'stored' });
    answer(0, 'stored');
    expect(await reading).toBe('stored');
    await Promise.resolve();
    expect(renewer.asked[1]).toMatchObject({ how: 'renew', refused: 'stored' });
    answer(1, 'second');
    expect(await refused).toBe('second');
  });

  it('forgets: what ran for the old credentials leaves no trace', async () => {
    const old = keeper.accessToken('one');
    keeper.forget('one');
    const next = keeper.accessToken('one');
    answer(0, 'of the old');
    answer(1, 'of the new');
    expect(await old).toBe('of the old');
    expect(await next).toBe('of the new');
    expect(await keeper.accessToken('one')).toBe('of the new');
    expect(renewer.asked).toHaveLength(2);
  });

  it('keeps nothing of accounts that are gone', async () => {
    await hold('first');
    reloaded(new Set(['another']));
    void keeper.accessToken('one');
    expect(renewer.asked.map(({ how }) => how)).toEqual(['load', 'load']);
  });
});
