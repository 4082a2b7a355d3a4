import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { askHealth } from './ask-health.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serving(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (status: number, body: string) => serving((_, response) => void response.writeHead(status).end(body));

it('is fine where the gateway says so', async () => {
  const base = await answering(200, '{"status":"ready"}');
  expect(await askHealth(`${base}/`, 'ready', 1000)).toEqual({
    url: `${base}/health/ready`,
    ok: true,
    status: 200,
    says: 'ready',
  });
});

it('asks whether the process answers, where that is the question', async () => {
  const asked: (string | undefined)[] = [];
  const base = await serving(({ url }, response) => {
    asked.push(url);
    response.end('{"status":"alive"}');
  });
  expect(await askHealth(base, 'live', 1000)).toMatchObject({ ok: true, says: 'alive' });
  expect(asked).toEqual(['/health/live']);
});

it.each([
  ['the reason', 503, '{"status":"not ready","reason":"shutting down"}', 'not ready: shutting down'],
  ['the status of a stranger', 404, '<html>', 'status 404'],
  ['the status of a stranger with JSON', 502, '[1]', 'status 502'],
  ['nothing of an endless answer', 500, 'x'.repeat(100_000), 'status 500'],
])('tells %s where it is not', async (_, status, body, says) => {
  expect(await askHealth(await answering(status, body), 'ready', 1000)).toMatchObject({ ok: false, status, says });
});

it('says that nobody listens', async () => {
  const base = await answering(200, '{}');
  server?.close();
  const health = await askHealth(base, 'ready', 1000);
  expect(health.ok).toBe(false);
  expect(health.says).toContain('ECONNREFUSED');
  expect(health.status).toBeUndefined();
});

it('gives up on a gateway that says nothing', async () => {
  const base = await serving(() => undefined);
  expect(await askHealth(base, 'ready', 20)).toMatchObject({ ok: false, says: 'no answer within 0.02 s' });
});

it('says that an address is none', async () => {
  expect((await askHealth('gateway:8080', 'ready', 1000)).ok).toBe(false);
});
