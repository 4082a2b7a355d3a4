import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnPostgres, describeOnSqlite } from '../support/databases.js';
import { lockFile } from '../support/locked-file.js';
import { ServiceFolder } from '../support/service-process.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { TroubledWay } from '../support/troubled-way.js';

/** Here a moment; by hand as long as one likes: `AWAY_SECONDS=30 npm run jest -- --testPathPatterns database-away`. */
const AWAY_MS = Number(process.env.AWAY_SECONDS ?? 1) * 1000;
const CLIENTS = 8;

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start({ recordRequests: false });
});
afterEach(() => simulator.close());

const REQUESTS: readonly [path: string, body: object, end: string][] = [
  ['/v1/messages', { ...QUESTION, stream: true }, 'event: message_stop'],
  ['/v1/messages', QUESTION, '"stop_reason":"end_turn"'],
  ['/v1/chat/completions', { ...QUESTION, stream: true }, 'data: [DONE]'],
  [
    '/v1/responses',
    { model: QUESTION.model, input: 'Hello', stream: true, store: false },
    '"type":"response.completed"',
  ],
];

/** Clients that ask one question after the other; told to stop, they say what they got. */
function load(gateway: RunningGateway) {
  const failed: string[] = [];
  let asked = 0;
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const [path, body, end] = REQUESTS[asked++ % REQUESTS.length] as (typeof REQUESTS)[number];
      const answer = await post(gateway, body, { path }).then((response) => response.text(), String);
      if (!answer.includes(end)) failed.push(answer);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  return {
    stop: async () => {
      isOver = true;
      await clients;
      return { asked, failed };
    },
  };
}

const readiness = async (gateway: RunningGateway) => (await fetch(`${gateway.url}/health/ready`)).status;
const rows = async (dataSource: DataSource) =>
  Number((await dataSource.query('SELECT count(*) AS rows FROM usage_records'))[0].rows);

/** Asks while the database is away, and after it is back. */
async function servesThrough(gateway: RunningGateway, goAway: () => unknown, comeBack: () => unknown) {
  for (const [path, body] of REQUESTS) await (await post(gateway, body, { path })).text();
  const asking = load(gateway);
  await goAway();
  const wentAt = performance.now();
  await eventually(async () => (await readiness(gateway)) === 503);
  expect(performance.now() - wentAt).toBeLessThan(8_000);
  const health = await fetch(`${gateway.url}/health`);
  expect(health.status).toBe(200);
  while (performance.now() - wentAt < AWAY_MS) {
    const askedAt = performance.now();
    expect(await readiness(gateway)).toBe(503);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await comeBack();
  const backAt = performance.now();
  await eventually(async () => (await readiness(gateway)) === 200);
  const { asked, failed } = await asking.stop();
  expect(failed).toEqual([]);
  await eventually(async () => (await rows(gateway.app.get(DataSource))) === REQUESTS.length + asked);
  return { asked, backMs: performance.now() - backAt };
}

describeOnPostgres('a database that goes away under load', (database) => {
  let way: TroubledWay;
  let gateway: RunningGateway;

  beforeEach(async () => {
    const { DATABASE_URL = '', ...environment } = database().environment;
    way = await TroubledWay.to(DATABASE_URL);
    gateway = await startGateway(simulator, { accounts: 2, ...environment, DATABASE_URL: way.url });
  });
  afterEach(() => way.stop());

  it('because it stops: no client notices, and every request is in the ledger when it is back', async () => {
    await servesThrough(
      gateway,
      () => way.stop(),
      () => way.restart(),
    );
    await gateway.close();
  });

  it('leaves the admin API with a clear refusal', async () => {
    const asked = (path: string) => fetch(gateway.url + path, { headers: { 'x-api-key': ADMIN_KEY } });
    const paths = ['/v2/audit', '/v2/usage/requests', '/v2/usage/summary', '/v2/api-keys', '/v2/webhooks'];
    for (const path of paths) expect((await asked(path)).status).toBe(200);
    await way.stop();
    for (const path of paths) {
      const answer = await asked(path);
      expect([path, answer.status, await answer.json()]).toMatchObject([
        path,
        503,
        { detail: 'The database is not available at the moment.' },
      ]);
    }
    await gateway.close();
  });

  it('because nothing gets through: the same', async () => {
    await servesThrough(
      gateway,
      () => way.fallSilent(),
      () => way.speakAgain(),
    );
    await gateway.close();
  }, 90_000);

  it('and hangs: readiness says so at once, known keys are served, and the service stops', async () => {
    await (await post(gateway, QUESTION)).text();
    await way.fallSilent();
    await eventually(async () => (await readiness(gateway)) === 503);
    for (const [path, body, end] of REQUESTS) expect(await (await post(gateway, body, { path })).text()).toContain(end);
    const times: number[] = [];
    for (let time = 0; time < 20; time++) {
      const askedAt = performance.now();
      expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
      times.push(performance.now() - askedAt);
    }
    // The machine may be busy with other things: what takes long each time is ours.
    expect(Math.min(...times)).toBeLessThan(10);
    const closingAt = performance.now();
    await gateway.close();
    expect(performance.now() - closingAt).toBeLessThan(10_000);
  });
});

describeOnPostgres('a database that hangs', (database) => {
  let folder: ServiceFolder;

  beforeEach(async () => {
    folder = await ServiceFolder.create();
  });
  afterEach(() => folder.remove());

  it('does not keep the process from ending well', async () => {
    const { DATABASE_URL = '', ...environment } = database().environment;
    const way = await TroubledWay.to(DATABASE_URL);
    const service = folder.run({ ...environment, DATABASE_URL: way.url, SHUTDOWN_GRACE: '0' });
    await service.saw('npm run demo');
    // The accounts are read every few seconds.
    await way.fallSilent();
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await way.stop();
  });
});

describeOnSqlite('a database file that somebody else writes to', (database) => {
  it('keeps no client waiting', async () => {
    const gateway = await startGateway(simulator, { accounts: 2, ...database().environment });
    await (await post(gateway, QUESTION)).text();
    const asking = load(gateway);
    const unlock = await lockFile(database().path);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await unlock();
    const { asked, failed } = await asking.stop();
    expect(failed).toEqual([]);
    await eventually(async () => (await rows(gateway.app.get(DataSource))) === 1 + asked);
    await gateway.close();
  }, 60_000);
});
