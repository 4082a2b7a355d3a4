import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { SimulatedAccount } from '../../../simulator/account.js';
import { simulatedModel } from '../../../simulator/model-list.js';
import { Simulator } from '../../../simulator/simulator.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { EndpointGuard } from '../../upstreams/endpoint-guard.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import { type Account, isUsable } from '../account.js';
import type { AccountDirectory } from '../account-directory.service.js';
import type { TokenKeeper } from '../tokens/token-keeper.service.js';
import { type ListedModels, ModelList } from './model-list.service.js';

Logger.overrideLogger(false);

const FAR_OFF = Date.UTC(2100, 0);

function signedIn(id: string): Account {
  return { id, enabled: true, status: 'active', provider: 'amazonq', tokenExpiresAt: new Date(FAR_OFF) } as Account;
}

describe('ModelList', () => {
  let clock: TestClock;
  let simulator: Simulator;
  let account: SimulatedAccount;
  let http: UpstreamHttp;
  let models: ModelList;
  let reloaded: (accounts: ReadonlyMap<string, Account>) => void;
  let renewed: number;
  /** Beside `one`, which the simulator knows by its token. */
  let others: Account[];
  let tokensAsked: number;
  let one: Account;
  /** Holds back every token. */
  let gate: Promise<void> | undefined;

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start();
    account = simulator.addAccount({ id: 'one', accessToken: 'aoaTOKEN', models: [simulatedModel('first')] });
    const configuration = readConfiguration({ AMAZONQ_API_ENDPOINT: simulator.url });
    http = new UpstreamHttp(new EndpointGuard(configuration));
    renewed = 0;
    others = [];
    tokensAsked = 0;
    gate = undefined;
    one = signedIn('one');
    const directory = {
      onReload: (listener: typeof reloaded) => (reloaded = listener),
      usable: () => [...others, one].filter((each) => isUsable(each, clock.now())),
      find: (id: string) => [...others, one].find((account) => account.id === id),
    };
    const tokens = {
      accessToken: async (id: string, options?: { renewIf?: string }) => {
        tokensAsked++;
        await gate;
        if (!options?.renewIf) return id === 'one' ? 'aoaTOKEN' : `aoa-${id}`;
        renewed++;
        return account.issueAccessToken();
      },
    };
    models = new ModelList(
      directory as unknown as AccountDirectory,
      tokens as unknown as TokenKeeper,
      http,
      configuration,
      clock,
    );
  });
  afterEach(async () => {
    await http.onApplicationShutdown();
    await simulator.close();
  });

  const ids = (listed: ListedModels | undefined) =>
    listed === undefined || listed === 'unknown' ? listed : listed.map((model) => model.id);
  const asked = () => simulator.requests.length;

  it('asks once for all who need the list at first', async () => {
    expect(models.peek('one')).toBeUndefined();
    const lists = await Promise.all(Array.from({ length: 50 }, () => models.get('one')));
    expect(new Set(lists).size).toBe(1);
    expect(ids(models.peek('one'))).toEqual(['first']);
    expect(asked()).toBe(1);
  });

  it('serves an old list while it asks again, and keeps it when that fails', async () => {
    await models.get('one');
    account.models = [simulatedModel('second')];
    clock.advance(3599);
    models.peek('one');
    expect(asked()).toBe(1);
    clock.advance(1);
    expect(ids(models.peek('one'))).toEqual(['first']);
    expect(ids(models.peek('one'))).toEqual(['first']);
    await settled('second');
    expect(asked()).toBe(2);

    account.controlPlaneFailure = { kind: 'error', status: 500 };
    clock.advance(3600);
    models.peek('one');
    await until(() => asked() === 3);
    expect(ids(await models.get('one'))).toEqual(['second']);
  });

  it('asks in the background nobody whose token has ended, until somebody needs the list', async () => {
    one.tokenExpiresAt = new Date(clock.now());
    expect(models.peek('one')).toBeUndefined();
    one.tokenExpiresAt = undefined;
    expect(models.peek('one')).toBeUndefined();
    expect(tokensAsked).toBe(0);
    expect(await models.ofUsableAccounts()).toHaveLength(1);
    expect(tokensAsked).toBe(1);
  });

  it('remembers for a minute that the list was not to be had', async () => {
    account.controlPlaneFailure = { kind: 'error', status: 500 };
    expect(await models.get('one')).toBe('unknown');
    account.controlPlaneFailure = undefined;
    clock.advance(59);
    expect(await models.get('one')).toBe('unknown');
    expect(asked()).toBe(1);
    clock.advance(1);
    expect(await models.get('one')).toBe('unknown');
    await settled('first');
  });

  it('asks anew after it was told to forget, and keeps nothing of accounts that are gone', async () => {
    await models.get('one');
    account.models = [simulatedModel('second')];
    models.forget('one');
    expect(ids(await models.get('one'))).toEqual(['second']);
    reloaded(new Map());
    expect(models.peek('one')).toBeUndefined();
    expect(await models.get('gone')).toBe('unknown');
  });

  it('asks again when the account is somebody else, or somewhere else', async () => {
    one = signedIn('one');
    await models.get('one');
    reloaded(new Map([['one', { ...one, lastUsedAt: new Date(5) }]]));
    expect(models.peek('one')).toBeDefined();
    reloaded(new Map([['one', { ...one, region: 'eu-central-1' }]]));
    expect(models.peek('one')).toBeUndefined();
    await models.get('one');
    reloaded(new Map([['one', { ...one, credentialsSince: new Date(7) }]]));
    expect(models.peek('one')).toBeUndefined();
  });

  it('renews a token that was refused, once', async () => {
    account.expireTokens();
    expect(ids(await models.get('one'))).toEqual(['first']);
    expect(renewed).toBe(1);
  });

  it('keeps a list that several accounts have once, and another apart', async () => {
    for (const id of ['two', 'three']) {
      others.push(signedIn(id));
      const listed = simulatedModel(id === 'two' ? 'first' : 'other');
      simulator.addAccount({ id, accessToken: `aoa-${id}`, models: [listed] });
    }
    const [one, two, three] = [await models.get('one'), await models.get('two'), await models.get('three')];
    expect(two).toBe(one);
    expect(ids(three)).toEqual(['other']);
    clock.advance(3600);
    models.forget('two');
    expect(await models.get('two')).toBe(one);
  });

  describe('of all usable accounts', () => {
    const addAccount = (id: string, fields: Partial<Account> = {}, simulated: object = {}) => {
      others.push({ ...signedIn(id), ...fields });
      return simulator.addAccount({ id, accessToken: `aoa-${id}`, models: [simulatedModel(`of-${id}`)], ...simulated });
    };
    const lists = async (patienceMs?: number) => (await models.ofUsableAccounts(patienceMs)).map(ids);

    it('asks each once for all who want them, and leaves out who is not usable', async () => {
      addAccount('two', { status: 'refreshing' });
      addAccount('disabled', { enabled: false });
      addAccount('suspended', { status: 'suspended' });
      const all = await Promise.all(Array.from({ length: 20 }, () => lists()));
      expect(new Set(all.map((each) => JSON.stringify(each)))).toEqual(new Set(['[["of-two"],["first"]]']));
      expect(await lists()).toEqual([['of-two'], ['first']]);
      expect(asked()).toBe(2);
    });

    it('asks a few at a time, and all in the end', async () => {
      const names = Array.from({ length: 30 }, (_, index) => `a${index}`);
      for (const name of names) addAccount(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      const all = lists();
      await new Promise(setImmediate);
      expect(tokensAsked).toBe(4);
      resolve();
      expect(await all).toEqual([...names.map((name) => [`of-${name}`]), ['first']]);
      expect(asked()).toBe(31);
    });

    it('has none of an account that can’t be asked', async () => {
      addAccount('broken', {}, { controlPlaneFailure: { kind: 'error', status: 500 } });
      expect(await lists()).toEqual(['unknown', ['first']]);
    });

    it('waits for a slow account only for a while, once others are known', async () => {
      addAccount('slow', {}, { latencyMs: 3_600_000 });
      await models.get('one');
      expect(await lists(10)).toEqual(['unknown', ['first']]);
    });

    it('waits for the first list for as long as it takes', async () => {
      account.latencyMs = 50;
      expect(await lists(1)).toEqual([['first']]);
    });
  });

  const settled = (id: string) => until(() => ids(models.peek('one'))?.[0] === id);

  async function until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 1000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(condition()).toBe(true);
  }
});
