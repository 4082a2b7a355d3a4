import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { SimulatedAccount } from '../../simulator/account.js';
import { simulatedModel } from '../../simulator/model-list.js';
import { Simulator } from '../../simulator/simulator.js';
import { TestClock } from '../../test/support/test-clock.js';
import { readConfiguration } from '../platform/config/configuration.js';
import { UpstreamHttp } from '../upstreams/upstream-http.js';
import type { Account } from './account.js';
import type { AccountDirectory } from './account-directory.service.js';
import { type ListedModels, ModelList } from './model-list.service.js';
import type { TokenKeeper } from './token-keeper.service.js';

Logger.overrideLogger(false);

describe('ModelList', () => {
  let clock: TestClock;
  let simulator: Simulator;
  let account: SimulatedAccount;
  let http: UpstreamHttp;
  let models: ModelList;
  let reloaded: (ids: ReadonlySet<string>) => void;
  let renewed: number;

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start();
    account = simulator.addAccount({ id: 'one', accessToken: 'aoaTOKEN', models: [simulatedModel('first')] });
    http = new UpstreamHttp();
    renewed = 0;
    const directory = {
      onReload: (listener: typeof reloaded) => (reloaded = listener),
      find: (id: string) => (id === 'one' ? ({ id } as Account) : undefined),
    };
    const tokens = {
      accessToken: async (_id: string, options?: { renewIf?: string }) => {
        if (!options?.renewIf) return 'aoaTOKEN';
        renewed++;
        return account.issueAccessToken();
      },
    };
    models = new ModelList(
      directory as unknown as AccountDirectory,
      tokens as unknown as TokenKeeper,
      http,
      readConfiguration({ AMAZONQ_API_ENDPOINT: simulator.url }),
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
    reloaded(new Set());
    expect(models.peek('one')).toBeUndefined();
    expect(await models.get('gone')).toBe('unknown');
  });

  it('renews a token that was refused, once', async () => {
    account.expireTokens();
    expect(ids(await models.get('one'))).toEqual(['first']);
    expect(renewed).toBe(1);
  });

  const settled = (id: string) => until(() => ids(models.peek('one'))?.[0] === id);

  async function until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 1000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(condition()).toBe(true);
  }
});
