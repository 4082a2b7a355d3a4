import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Child } from '../../bench/processes/child.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { Simulator } from '../../simulator/simulator.js';
import { UsageRecordEntity } from '../../src/usage/ledger/usage-record.entity.js';
import { QUESTION } from '../support/ask.js';
import { describeOnSqlite } from '../support/databases.js';

/** The built service: `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');
const KEY = 'admin-key-of-the-tests';
const CLIENTS = 4;
/** What a crash may lose (contract §8). */
const LOSS_MS = 1_000;
/** Requests that are surely in it. */
const CERTAIN = 20;

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start({ recordRequests: false });
});
afterEach(() => simulator.close());

// `npm run soak:ledger -- --kill` does this at length, and on Postgres.
describeOnSqlite('the ledger of a process that is killed', (database) => {
  it('has every request but those that ended within the last second', async () => {
    await using gateway = await Child.start({
      args: ['--enable-source-maps', ENTRY],
      environment: {
        ...gatewayEnvironment(simulator.url, [simulator.addAccount()]),
        ...database().environment,
        PORT: '0',
        ADMIN_API_KEY: KEY,
        LOG_LEVEL: 'warn',
      },
      folder: join(database().path, '..'),
      core: undefined,
      outputFile: join(database().path, '../log.jsonl'),
    });
    const ended: { requestId: string; at: number }[] = [];
    const isEnough = () => (ended[CERTAIN]?.at ?? Number.POSITIVE_INFINITY) < Date.now() - 1.5 * LOSS_MS;
    const client = async () => {
      while (!isEnough()) {
        const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/messages`, {
          method: 'POST',
          headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
          body: JSON.stringify(QUESTION),
        });
        await response.text();
        ended.push({ requestId: response.headers.get('request-id') ?? '', at: Date.now() });
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const killedAt = Date.now();
    process.kill(gateway.pid, 'SIGKILL');

    const rows = await (await database().open([UsageRecordEntity])).getRepository(UsageRecordEntity).find();
    const stored = new Set(rows.map(({ requestId }) => requestId));
    expect(stored.size).toBe(rows.length);
    const certain = ended.filter(({ at }) => at < killedAt - LOSS_MS);
    expect(certain.length).toBeGreaterThan(CERTAIN);
    expect(certain.filter(({ requestId }) => !stored.has(requestId))).toEqual([]);
  }, 60_000);
});
