import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { AppModule } from '../../src/app.module.js';
import { createGateway } from '../../src/create-gateway.js';
import { type Addresses, listen } from '../../src/edges/listen.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { routesOf } from '../../src/route-list.js';
import { QUESTION, readEvents, textOf } from '../support/ask.js';
import { parse, sendBytes } from '../support/raw-http.js';
import { ADMIN_KEY, accountsOf } from '../support/start-gateway.js';

const KEY = { 'x-api-key': ADMIN_KEY };

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await Simulator.start();
  folder = await mkdtemp(join(tmpdir(), 'amq-gateway-'));
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

let databases = 0;

function environment(): Record<string, string> {
  databases += 1;
  return {
    DATABASE_PATH: join(folder, `${databases}.db`),
    PORT: '0',
    MANAGEMENT_PORT: '0',
    ADMIN_API_KEY: ADMIN_KEY,
    AMAZONQ_API_ENDPOINT: simulator.url,
    AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
    LOG_LEVEL: 'silent',
    CORS_ORIGINS: '*',
    ...accountsOf(simulator, 1),
  };
}

async function start(): Promise<{ app: NestExpressApplication } & Required<Addresses>> {
  const configuration = readConfiguration(environment());
  const app = await createGateway(configuration, pino({ level: 'silent' }));
  const { gateway, management = '' } = await listen(app, configuration.settings);
  return {
    app,
    gateway: gateway.replace('localhost', '127.0.0.1'),
    management: management.replace('localhost', '127.0.0.1'),
  };
}

describe('a gateway with a port for its management', () => {
  let app: NestExpressApplication;
  let gateway: string;
  let management: string;

  beforeAll(async () => {
    ({ app, gateway, management } = await start());
  });
  afterAll(() => app.close());

  const statusAt = async (url: string, method = 'GET') => {
    const response = await fetch(url, { method });
    await response.arrayBuffer();
    return response.status;
  };

  it('has two ports', () => {
    expect(new URL(management).port).toMatch(/^[1-9]/);
    expect(management).not.toBe(gateway);
  });

  it.each(['/v2/accounts', '/v2/api-keys', '/admin/accounts', '/accounts/stats', '/v2/nothing'])(
    'serves %s there only, and says so in the form of that API',
    async (path) => {
      const there = await fetch(management + path, { headers: KEY });
      expect(there.status).toBe(path.endsWith('nothing') ? 404 : 200);
      await there.arrayBuffer();
      const here = await fetch(gateway + path, { headers: KEY });
      expect(here.status).toBe(404);
      expect(here.headers.get('content-type')).toBe('application/problem+json');
      expect(await here.json()).toMatchObject({ detail: `Not found: GET ${path}` });
    },
  );

  it.each(['/health', '/health/live', '/health/ready', '/metrics', '/docs', '/docs/swagger-ui.css', '/openapi.json'])(
    'serves %s there only',
    async (path) => {
      expect(await statusAt(management + path)).toBe(200);
      expect(await statusAt(gateway + path)).toBe(404);
    },
  );

  it.each([
    ['POST', '/v1/messages', { type: 'error', error: { type: 'not_found_error' } }],
    ['POST', '/v1/chat/completions', { error: { type: 'invalid_request_error', param: null } }],
    ['POST', '/v1/responses', { error: { type: 'invalid_request_error', param: null } }],
    ['GET', '/v1/models', { error: { type: 'invalid_request_error' } }],
    ['GET', '/models', { error: { type: 'invalid_request_error' } }],
  ])('does not serve %s %s there', async (method, path, form) => {
    const body = method === 'POST' ? '{}' : undefined;
    const there = await fetch(management + path, { method, headers: KEY, body });
    expect(there.status).toBe(404);
    expect(await there.json()).toMatchObject(form);
    const here = await fetch(gateway + path, { method, headers: KEY, body });
    await here.arrayBuffer();
    expect(here.status).not.toBe(404);
  });

  it('answers models on the other', async () => {
    const response = await fetch(`${gateway}/v1/messages`, {
      method: 'POST',
      headers: KEY,
      body: JSON.stringify(QUESTION),
    });
    expect(response.status).toBe(200);
    expect(await statusAt(`${gateway}/`)).toBe(200);
    expect(await statusAt(`${management}/`)).toBe(404);
  });

  it('has each of its routes on one port and no other', async () => {
    const routes = routesOf(AppModule.register(readConfiguration({})));
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path } of routes) {
      const url = path.replaceAll(/:(\w+)/g, 'x');
      const [here, there] = await Promise.all([statusAt(gateway + url, method), statusAt(management + url, method)]);
      const isManagement = /^\/(v2|admin|accounts|health|metrics)(\/|$)/.test(path);
      // Without a key: whoever is there says 401 or 200.
      expect([`${method} ${path}`, here === 404, there === 404]).toEqual([
        `${method} ${path}`,
        isManagement,
        !isManagement,
      ]);
    }
  });

  it.each([
    'http://gateway/v2/api-keys',
    '//v2//api-keys',
    '/v2/api-keys#',
    '/v2\\api-keys#',
    '/V2/api-keys',
    '/v1/v1/../v2/api-keys',
    '/%76%32/api-keys',
    '/health#',
    '/metrics?x#y',
    '/docs/../metrics',
    '/DOCS',
    '/v2/api-keys\xa0',
    '/\xa0/v2/api-keys',
  ])('is not reached from the other port by %s', async (target) => {
    const bytes = Buffer.from(
      `GET ${target} HTTP/1.1\r\nhost: x\r\nx-api-key: ${ADMIN_KEY}\r\nconnection: close\r\n\r\n`,
      'latin1',
    );
    const { status, body } = parse(await sendBytes(gateway, bytes));
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toMatch(/"data"|healthy|swagger/);
  });

  it('lets no page call it, whatever the origins of the model API are', async () => {
    const origin = 'https://page.example';
    const headers = { origin, 'access-control-request-method': 'GET' };
    for (const path of ['/v2/api-keys', '/v1/models', '/health']) {
      const response = await fetch(management + path, { method: 'OPTIONS', headers });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    const here = await fetch(`${gateway}/v1/models`, { method: 'OPTIONS', headers });
    expect(here.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it.each([
    ['gateway', () => gateway, 'error'],
    ['management port', () => management, 'urn:amq-gateway:problem:invalid_request'],
  ])('answers what is no request in the form of its API on the %s', async (_which, url, form) => {
    const { status, body } = parse(await sendBytes(url(), 'nonsense\r\n\r\n'));
    expect(status).toBe(400);
    expect(body.toString()).toContain(form);
  });
});

describe('a gateway with two ports that is told to stop', () => {
  /** Its answer has begun, and is not over for some time. */
  async function stopWhileAnswering() {
    const { app, gateway, management } = await start();
    simulator.enqueue(stream(text('before'), pause(700), text(' after'), goodEnd()));
    const response = await fetch(`${gateway}/v1/messages`, {
      method: 'POST',
      headers: KEY,
      body: JSON.stringify({ ...QUESTION, stream: true }),
    });
    return { gateway, management, response, closing: app.close() };
  }

  it('tells probes so on the one while answers end on the other, then closes both', async () => {
    const { management, response, closing } = await stopWhileAnswering();
    expect(textOf(await readEvents(response))).toBe('before after');
    await closing;
    await expect(fetch(`${management}/health/live`)).rejects.toThrow();
  });

  it('is not ready meanwhile', async () => {
    const { gateway, management, response, closing } = await stopWhileAnswering();
    await expect(fetch(`${gateway}/v1/models`, { headers: { ...KEY, connection: 'close' } })).rejects.toThrow();
    const ready = await fetch(`${management}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ reason: 'shutting down' });
    expect(textOf(await readEvents(response))).toBe('before after');
    await closing;
  });
});

describe('a gateway with one port', () => {
  it('does not start when the port of its management is taken', async () => {
    const { app, management } = await start();
    const settings = { ...environment(), MANAGEMENT_PORT: new URL(management).port };
    const configuration = readConfiguration(settings);
    const other = await createGateway(configuration, pino({ level: 'silent' }));
    await expect(listen(other, configuration.settings)).rejects.toThrow(/EADDRINUSE/);
    expect(other.getHttpServer().listening).toBe(false);
    await Promise.all([other.close(), app.close()]);
  });
});
