import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { BodyTimes } from '../../src/edges/body/body-times.js';
import { CONNECTION_LIMITS } from '../../src/edges/connection-limits.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { open, parse } from '../support/raw-http.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MOST = 60;
/** Times of these tests: what takes half a minute outside takes less than a second here. */
const SHORT_MS = 400;

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { MAX_CONNECTIONS: MOST, UPSTREAM_IDLE_TIMEOUT: 1 });
  const server: Server = gateway.app.getHttpServer();
  server.headersTimeout = SHORT_MS;
  Object.assign(gateway.app.get(BodyTimes), { idle: SHORT_MS, whole: 4 * SHORT_MS });
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const KEY = `x-api-key: ${ADMIN_KEY}`;
const HEAD = `POST /v1/messages HTTP/1.1\r\nhost: gateway\r\n${KEY}\r\n`;

/** Everything a connection was told until it was closed; `drip` is sent again and again meanwhile. */
async function untilClosed(socket: Socket, drip?: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const timer = drip === undefined ? undefined : setInterval(() => socket.write(drip), SHORT_MS / 10);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return Buffer.concat(chunks);
}

async function opened(bytes: string): Promise<Socket> {
  const socket = await open(gateway.url);
  socket.write(bytes);
  return socket;
}

describe('a client that takes its time', () => {
  it.each([
    ['to say anything', '', undefined],
    ['over its headers', 'POST /v1/messages HTTP/1.1\r\nhost: gateway\r\n', undefined],
    ['over its headers, a line at a time', 'POST /v1/messages HTTP/1.1\r\nhost: gateway\r\n', 'x: y\r\n'],
  ])('%s is told so and let go', async (_what, bytes, drip) => {
    const answer = parse(await untilClosed(await opened(bytes), drip));
    expect(answer).toMatchObject({ status: 408, isWhole: true });
  });

  it.each([
    ['that stops', `${HEAD}content-length: 1000\r\n\r\n{"model":`, undefined, /Nothing of the request body came for/],
    ['that stops, encoded', `${HEAD}content-encoding: gzip\r\ncontent-length: 1000\r\n\r\n`, undefined, /Nothing/],
    ['that drips for ever', `${HEAD}content-length: 100000\r\n\r\n`, ' ', /did not come within/],
    ['that drips in chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n', /did not come within/],
  ])('over a body %s is told so in its protocol and let go', async (_what, bytes, drip, message) => {
    const answer = parse(await untilClosed(await opened(bytes), drip));
    expect(answer).toMatchObject({ status: 408, isWhole: true });
    expect(answer.headers.get('connection')).toBe('close');
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'timeout_error', message: expect.stringMatching(message) },
    });
  });

  it('over an upload is let go', async () => {
    const socket = await opened(
      `POST /v2/accounts/import HTTP/1.1\r\nhost: gateway\r\n${KEY}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 1000\r\n\r\n--x\r\n`,
    );
    await untilClosed(socket);
  });

  it('between two requests keeps its connection', async () => {
    const socket = await opened('GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n');
    await once(socket, 'data');
    await new Promise((resolve) => setTimeout(resolve, SHORT_MS + 2 * CONNECTION_LIMITS.checkMs));
    socket.write('GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  });
});

describe('a client that takes nothing of what is open to everybody', () => {
  it('is let go', async () => {
    const socket = await open(gateway.url);
    socket.on('error', () => undefined).pause();
    // More than fits between the two.
    socket.write('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: gateway\r\n\r\n'.repeat(10));
    const server: Server = gateway.app.getHttpServer();
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    await eventually(async () => (await connections()) === 0);
    socket.destroy();
  });
});

describe('many clients that take their time', () => {
  it('are let go while others are served', async () => {
    const slow = await Promise.all(
      Array.from({ length: MOST - 10 }, (_, index) =>
        opened(index % 2 === 0 ? 'GET / HTTP/1.1\r\nhost:' : `${HEAD}content-length: 9\r\n\r\n`),
      ),
    );
    let open = slow.length;
    const closed = Promise.all(slow.map((socket) => untilClosed(socket).then(() => (open -= 1))));
    let served = 0;
    while (open > 0) {
      expect((await post(gateway, QUESTION)).status).toBe(200);
      served += 1;
    }
    await closed;
    expect(served).toBeGreaterThan(0);
  });
});

describe('more connections than there may be', () => {
  it('are closed at once, those that are there go on, and it is told once', async () => {
    const server: Server = gateway.app.getHttpServer();
    server.headersTimeout = CONNECTION_LIMITS.headMs;
    const first = await opened('GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n');
    await once(first, 'data');
    const others = await Promise.all(Array.from({ length: MOST + 20 }, () => open(gateway.url)));
    let closed = 0;
    for (const socket of others)
      socket
        .on('error', () => undefined)
        .once('close', () => (closed += 1))
        .resume();
    await eventually(() => closed >= 21);
    first.write('GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n');
    expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1\.1 200/);
    for (const socket of [first, ...others]) socket.destroy();
    await eventually(async () => (await fetch(`${gateway.url}/health/live`).catch(() => undefined))?.status === 200);
    expect(gateway.logs.filter(({ msg }) => /MAX_CONNECTIONS/.test(String(msg)))).toHaveLength(1);
  });
});
