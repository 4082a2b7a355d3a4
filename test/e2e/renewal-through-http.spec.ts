import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../../simulator/account.js';
import { Simulator } from '../../simulator/simulator.js';
import { RenewalJob } from '../../src/accounts/tokens/renewal.job.js';
import { Clock } from '../../src/platform/clock.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase, describeOnPostgres } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { TestClock } from '../support/test-clock.js';

const TOKEN_LIFE = 3_600;
const REQUESTS = 200;

let clock: TestClock;
let simulator: Simulator;
let gateways: RunningGateway[];

beforeEach(async () => {
  clock = new TestClock(Date.now());
  simulator = await Simulator.start({ now: () => clock.now(), tokenLifetime: TOKEN_LIFE });
  gateways = [];
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await simulator.close();
});

async function open(environment: Record<string, string>, accounts = 1): Promise<RunningGateway> {
  const gateway = await startGateway(simulator, { accounts, ...environment });
  gateway.app.get(Clock).now = () => clock.now();
  gateways.push(gateway);
  return gateway;
}

const account = (): SimulatedAccount => {
  const [first] = simulator.accounts;
  if (!first) throw new Error('there is no account yet');
  return first;
};
const renewals = () => simulator.requests.filter(({ operation }) => operation === 'CreateToken').length;

/** So many requests at once, spread over the gateways; the statuses they got. */
async function askAtOnce(count: number): Promise<number[]> {
  const asked = Array.from({ length: count }, async (_, index) => {
    const gateway = gateways[index % gateways.length];
    if (!gateway) throw new Error('there is no gateway');
    const response = await post(gateway, QUESTION);
    await response.text();
    return response.status;
  });
  return Promise.all(asked);
}

const allGood = Array.from({ length: REQUESTS }, () => 200);

describeOnEachDatabase('requests on a token that ended', (database) => {
  it('share one renewal', async () => {
    await open(database().environment);
    expect(await askAtOnce(1)).toEqual([200]);
    expect(renewals()).toBe(1);

    clock.advance(TOKEN_LIFE);
    account().refreshLatencyMs = 50;
    expect(await askAtOnce(REQUESTS)).toEqual(allGood);
    expect(renewals()).toBe(2);
    expect(account().renewals).toBe(2);
  }, 30_000);

  it('share one renewal, too, when it is the service that says so', async () => {
    await open(database().environment);
    expect(await askAtOnce(1)).toEqual([200]);
    account().expireTokens();
    expect(await askAtOnce(REQUESTS)).toEqual(allGood);
    expect(renewals()).toBe(2);
  }, 30_000);

  it('do not wait while it only ends soon', async () => {
    await open(database().environment);
    expect(await askAtOnce(1)).toEqual([200]);
    clock.advance(TOKEN_LIFE - 60);
    account().refreshLatencyMs = 60_000;
    expect(await askAtOnce(20)).toEqual(allGood.slice(0, 20));
    await eventually(() => renewals() === 2);
    expect(account().renewals).toBe(1);
    await simulator.close(); // the renewal ends with its connection
  });
});

describeWith('redis', 'with two replicas that share a Redis', (redisUrl) => {
  describeOnPostgres('requests on a token that ended', (database) => {
    it('share one renewal', async () => {
      const environment = { ...database().environment, REDIS_URL: redisUrl };
      await open(environment);
      await open(environment, 0);
      expect(await askAtOnce(2)).toEqual([200, 200]);
      expect(renewals()).toBe(1);

      clock.advance(TOKEN_LIFE);
      account().refreshLatencyMs = 50;
      expect(await askAtOnce(REQUESTS)).toEqual(allGood);
      expect(renewals()).toBe(2);
    }, 30_000);
  });
});

describeOnEachDatabase('a gateway that is told to stop in the middle of a renewal', (database) => {
  it('stores the token before it ends', async () => {
    const gateway = await open({ ...database().environment, SHUTDOWN_GRACE: '0' });
    expect(await askAtOnce(1)).toEqual([200]);
    clock.advance(TOKEN_LIFE);
    account().refreshAnswerLatencyMs = 300;
    const lost = askAtOnce(1).catch(() => undefined);
    await eventually(() => account().renewals === 2);
    gateways = [];
    await gateway.close();
    await lost;

    account().refreshAnswerLatencyMs = 0;
    await open(database().environment, 0);
    expect(await askAtOnce(1)).toEqual([200]);
    expect(renewals()).toBe(2);
  }, 30_000);
});

describeOnEachDatabase('a gateway that starts', (database) => {
  const accounts = 30;
  const listed = () =>
    new Set(
      simulator.requests.filter(({ operation }) => operation === 'ListAvailableModels').map((each) => each.accountId),
    );

  it('renews nothing where the stored tokens are good', async () => {
    const first = await open(database().environment, accounts);
    await eventually(() => listed().size === accounts);
    expect(renewals()).toBe(accounts);
    gateways = [];
    await first.close();

    simulator.reset();
    clock.advance(TOKEN_LIFE / 2);
    const second = await open(database().environment, 0);
    await eventually(() => listed().size === accounts);
    second.app.get(RenewalJob).run();
    expect(await askAtOnce(accounts)).toEqual(allGood.slice(0, accounts));
    expect(renewals()).toBe(0);
  }, 30_000);
});

describe('the metrics of renewals', () => {
  it('are there, without the tokens', async () => {
    const gateway = await open({});
    expect(await askAtOnce(1)).toEqual([200]);
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(text).toContain('amq_gateway_token_renewals_total{outcome="renewed"} 1');
    expect(text).not.toContain(account().refreshToken);
  });
});
