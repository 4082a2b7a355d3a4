import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import type { Router } from 'express';
import { DataSource } from 'typeorm';
import { withRouteTable } from '../../scripts/route-docs.mjs';
import { Simulator } from '../../simulator/simulator.js';
import { AppModule } from '../../src/app.module.js';
import { Public } from '../../src/auth/access/public.decorator.js';
import { Scope } from '../../src/auth/access/scope.decorator.js';
import { SCOPES, type Scope as ScopeName } from '../../src/auth/access/scope.js';
import { ApiKey } from '../../src/auth/api-keys/api-key.entity.js';
import { formatApiKey } from '../../src/auth/api-keys/api-key.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { type Route, routesOf } from '../../src/route-list.js';
import { type AdminApi, adminApi } from '../support/admin-api.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const routes = routesOf(AppModule.register(readConfiguration({})));

describe('the list of routes', () => {
  it('is what docs/routes.md has (npm run docs:routes)', () => {
    const document = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8');
    expect(document).toBe(withRouteTable(document, routes));
  });

  it('refuses a route that says neither its scope nor that it is open', () => {
    @Controller('things')
    class Things {
      @Get()
      @Scope('admin')
      list() {}

      @Delete(':id')
      remove() {}

      @Post(':id/undo')
      undo() {}
    }
    @Module({ controllers: [Things] })
    class ThingsModule {}
    @Module({ imports: [ThingsModule] })
    class Root {}

    expect(() => routesOf(Root)).toThrow(
      'These routes need a @Scope() or @Public(): DELETE /things/:id, POST /things/:id/undo',
    );
  });

  it('has inherited routes, several paths, and what stands on the handler before what stands on the class', () => {
    class Base {
      @Get('all')
      @Public()
      all() {}

      @Get(['one', 'first'])
      one() {}
    }
    @Controller(['v1/things', 'things'])
    @Scope('inference')
    class Things extends Base {}
    @Module({ controllers: [Things] })
    class Root {}

    expect(routesOf(Root).map(({ method, path, scope = '–', open }) => `${method} ${path} ${scope} ${open}`)).toEqual([
      'GET /things/all – always',
      'GET /things/first inference never',
      'GET /things/one inference never',
      'GET /v1/things/all – always',
      'GET /v1/things/first inference never',
      'GET /v1/things/one inference never',
    ]);
  });
});

/** Which scopes open a route, written down by hand: what a key with `admin:read` may do is the point. */
function openedBy({ method, scope }: Route): ScopeName[] {
  const reads = method === 'GET' || method === 'HEAD';
  const answer: Record<ScopeName, ScopeName[]> = {
    inference: ['inference', 'admin'],
    metrics: ['metrics', 'admin'],
    'admin:read': ['admin:read', 'admin'],
    admin: reads ? ['admin', 'admin:read'] : ['admin'],
  };
  return scope === undefined ? [...SCOPES] : answer[scope];
}

interface Answer {
  status: number;
  contentType: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body of any of the protocols
  body: any;
  shouldRetry: string | null;
}

/** An error of this status in the form of the protocol that is spoken on the path. */
function expectErrorOf(path: string, status: 401 | 403, answer: Answer): void {
  expect({ path, status: answer.status }).toEqual({ path, status });
  expect(answer.shouldRetry).toBe('false');
  if (/^(\/v1)?\/messages/.test(path)) {
    expect(answer.body).toEqual({
      type: 'error',
      error: {
        type: status === 401 ? 'authentication_error' : 'permission_error',
        message: expect.stringMatching(/./),
      },
      request_id: expect.stringMatching(/^req_/),
    });
  } else if (/^(\/v1)?\/(chat|responses|models)/.test(path)) {
    expect(answer.body).toEqual({
      error: {
        message: expect.stringMatching(/./),
        type: status === 401 ? 'invalid_request_error' : 'permission_error',
        code: status === 401 ? 'invalid_api_key' : 'permission_denied',
        param: null,
      },
    });
  } else {
    expect(answer.contentType).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, detail: expect.stringMatching(/./) });
  }
}

/** What express itself would answer: the controllers' routes, and what serves the description of the admin API. */
function servedBy({ app }: RunningGateway): string[] {
  const { router }: { router: Router } = app.getHttpAdapter().getInstance();
  const served = router.stack.flatMap(({ route }) => {
    const methods = [...new Set(route?.stack.map(({ method }) => method))].map((method) => method.toUpperCase());
    return [route?.path ?? []].flat().flatMap((path) => methods.map((method) => `${method} ${path}`));
  });
  return [...new Set(served)].sort();
}

const DESCRIPTION = [
  'GET /docs',
  'GET /docs/',
  'GET /docs/LICENSE',
  'GET /docs/docs/swagger-ui-init.js',
  'GET /docs/index.html',
  'GET /docs/swagger-ui-init.js',
  'GET /openapi.json',
];

describe('every route with every kind of key', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let admin: AdminApi;
  const keys = new Map<string, string>();
  let addresses = 0;

  async function createKey(name: string, scopes: readonly ScopeName[]): Promise<string> {
    const { status, body } = await admin('POST', '/v2/api-keys', { body: { name, scopes } });
    expect(status).toBe(201);
    keys.set(name, body.key);
    return body.id;
  }

  /** Each from an address of its own: wrong keys from one and the same are slowed. */
  async function ask({ method, path, open }: Route, key: string | undefined): Promise<Answer> {
    addresses++;
    const controller = new AbortController();
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const url =
      path.replaceAll(/:\w+/g, 'nobody-has-this-id') + (open === 'at times' && path === '/health' ? '?probe=true' : '');
    const response = await fetch(gateway.url + url, {
      method,
      signal: controller.signal,
      headers: {
        'x-forwarded-for': `10.0.${addresses >> 8}.${addresses & 255}`,
        ...(key !== undefined && { 'x-api-key': key }),
        ...(hasBody && { 'content-type': 'application/json' }),
      },
      ...(hasBody && { body: '{}' }),
    });
    const contentType = response.headers.get('content-type') ?? '';
    const isStream = contentType.startsWith('text/event-stream');
    const text = isStream ? '' : await response.text();
    controller.abort();
    const body = contentType.includes('json') && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.status, contentType, body, shouldRetry: response.headers.get('x-should-retry') };
  }

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { METRICS_AUTH: 'true', TRUSTED_PROXIES: '127.0.0.1' });
    admin = adminApi(() => gateway);
    for (const scope of SCOPES) await createKey(scope, [scope]);
    const rows = gateway.app.get(DataSource).getRepository(ApiKey);
    await rows.update(await createKey('expired', SCOPES), { expiresAt: new Date(Date.now() - 1000) });
    await rows.update(await createKey('disabled', SCOPES), { enabled: false });
    keys.set('wrong', formatApiKey(Buffer.alloc(32, 7)));
    keys.set('mistyped', `${keys.get('admin')?.slice(0, -1)}!`);
  });
  afterAll(async () => {
    await gateway?.close();
    await simulator?.close();
  });

  const named = routes.map((route): [string, Route] => [`${route.method} ${route.path}`, route]);
  const closed = named.filter(([, { open }]) => open !== 'always');

  it('has the routes that the server answers, and no other answers', () => {
    const listed = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    const served = servedBy(gateway);
    expect(served.filter((route) => !listed.has(route))).toEqual(DESCRIPTION);
    expect([...listed].filter((route) => !served.includes(route))).toEqual([]);
  });

  describe.each(closed)('%s', (_name, route) => {
    it.each(['no key', 'wrong', 'mistyped', 'expired', 'disabled'])('is closed to: %s', async (name) => {
      const answer = await ask(route, keys.get(name));
      if (route.method === 'HEAD') expect(answer.status).toBe(401);
      else expectErrorOf(route.path, 401, answer);
    });

    it.each(SCOPES)('with a key of scope %s', async (scope) => {
      const answer = await ask(route, keys.get(scope));
      if (openedBy(route).includes(scope)) expect([401, 403]).not.toContain(answer.status);
      else expectErrorOf(route.path, 403, answer);
    });
  });

  it.each(named.filter(([, { open }]) => open === 'always'))('%s is open to everybody', async (_name, route) => {
    expect([401, 403]).not.toContain((await ask(route, undefined)).status);
    expect([401, 403]).not.toContain((await ask(route, keys.get('wrong'))).status);
  });
});
