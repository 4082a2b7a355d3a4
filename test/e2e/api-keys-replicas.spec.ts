import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { ApiKey } from '../../src/auth/api-keys/api-key.entity.js';
import { Clock } from '../../src/platform/clock.js';
import { adminApi } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { describeOnEachSharedDatabase, describeOnPostgres, type TestDatabase } from '../support/databases.js';
import { hearEachOther } from '../support/hear-each-other.js';
import { later } from '../support/later.js';
import { describeWith } from '../support/services.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
const gateways: RunningGateway[] = [];

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((each) => each.close()));
  await simulator.close();
});

async function start(database: TestDatabase, environment: Record<string, string> = {}): Promise<RunningGateway> {
  const gateway = await startGateway(simulator, { ...database.environment, ...environment });
  gateways.push(gateway);
  return gateway;
}

const statusOf = async ({ url }: RunningGateway, key: string) =>
  (await fetch(`${url}/v1/models`, { headers: { 'x-api-key': key } })).status;

async function newKey(gateway: RunningGateway): Promise<{ id: string; key: string }> {
  return (await adminApi(() => gateway)('POST', '/v2/api-keys', { body: { name: 'shared' } })).body;
}

describeWith('redis', 'replicas that share a Redis', (redisUrl) => {
  describeOnEachSharedDatabase('and a database', (database) => {
    it('refuse at once what another of them revoked, and go by its changes', async () => {
      const first = await start(database(), { REDIS_URL: redisUrl });
      const second = await start(database(), { REDIS_URL: redisUrl });
      await hearEachOther(first, second);
      // What it holds does not age: nothing but the message tells it of a change.
      const now = Date.now();
      second.app.get(Clock).now = () => now;
      const call = adminApi(() => first);
      const revocations: [(id: string) => Promise<{ status: number }>, number][] = [
        [(id) => call('DELETE', `/v2/api-keys/${id}`), 401],
        [(id) => call('PATCH', `/v2/api-keys/${id}`, { body: { enabled: false } }), 401],
        [(id) => call('PATCH', `/v2/api-keys/${id}`, { body: { scopes: ['metrics'] } }), 403],
        [(id) => call('POST', `/v2/api-keys/${id}/rotate`, { body: { overlapSeconds: 0 } }), 401],
      ];
      for (const [revoke, refused] of revocations) {
        const { id, key } = await newKey(first);
        expect(await statusOf(second, key)).toBe(200);
        expect((await revoke(id)).status).toBeLessThan(300);
        // The message travels beside the answer.
        await eventually(async () => (await statusOf(second, key)) === refused);
      }
    });
  });
});

/** A door in front of a server that can be shut: connections are cut then, and none is taken. */
class Door {
  private readonly sockets = new Set<Socket>();
  private server?: Server;

  constructor(private readonly target: URL) {}

  async open(port = 0): Promise<number> {
    const server = createServer((socket) => {
      const behind = connect(Number(this.target.port) || 5432, this.target.hostname);
      for (const each of [socket, behind]) {
        this.sockets.add(each);
        each.on('error', () => undefined).on('close', () => this.sockets.delete(each));
      }
      socket.pipe(behind).pipe(socket);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as { port: number }).port;
  }

  async shut(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server?.close(() => resolve());
    for (const socket of this.sockets) socket.destroy();
    await promise;
  }
}

describeOnPostgres('a database that goes away', (database) => {
  it('stops nobody whose key was good, lets nobody new in, and no revoked key once it is back', async () => {
    const url = new URL(database().environment.DATABASE_URL ?? '');
    const door = new Door(new URL(url));
    const port = await door.open();
    url.host = `127.0.0.1:${port}`;
    const gateway = await start(database(), { DATABASE_URL: url.href });
    const { id, key } = await newKey(gateway);
    const { key: unseen } = await newKey(gateway);
    expect(await statusOf(gateway, key)).toBe(200);

    await door.shut();
    later(gateway, 10);
    expect(await Promise.all(Array.from({ length: 20 }, () => statusOf(gateway, key)))).toEqual(Array(20).fill(200));
    later(gateway, 200);
    expect(await statusOf(gateway, key)).toBe(200);
    const refused = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers: { 'x-api-key': unseen } });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { message: 'API keys cannot be checked at the moment.' } });

    const rows = (await database().open([ApiKey])).getRepository(ApiKey);
    await rows.delete(id);
    await door.open(port);
    later(gateway, 10);
    expect(await statusOf(gateway, key)).toBe(401);
    expect(await statusOf(gateway, unseen)).toBe(200);
    await gateway.close();
    gateways.length = 0;
    await door.shut();
  });
});
