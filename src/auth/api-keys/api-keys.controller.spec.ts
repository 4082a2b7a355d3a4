import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Global,
  type INestApplication,
  Module,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { Response } from 'express';
import { migrations } from '../../../migrations/index.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { toGatewayError } from '../../core/errors.js';
import { encodeProblem } from '../../core/protocols/problem/encode-error.js';
import { Clock } from '../../platform/clock.js';
import { Configuration, readConfiguration } from '../../platform/config/configuration.js';
import { DatabaseModule } from '../../platform/database/database.module.js';
import { EncryptionModule } from '../../platform/encryption/encryption.module.js';
import { StateModule } from '../../platform/state/state.module.js';
import { Caller } from '../access/caller.decorator.js';
import type { Identity } from '../access/identity.js';
import { Scope } from '../access/scope.decorator.js';
import { AuthModule } from '../auth.module.js';
import { AdminKeySeeder } from './admin-key-seeder.service.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyPageDto, CreatedApiKeyDto } from './dto/api-key.dto.js';

const ADMIN_API_KEY = 'an operator chose this key';

/** What any of the answers may hold. */
interface AnswerBody extends CreatedApiKeyDto, ApiKeyPageDto {
  errors: { field: string; message: string }[];
}

@Catch()
class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost) {
    const { status, headers, body } = encodeProblem(toGatewayError(thrown), 'req_test');
    host.switchToHttp().getResponse<Response>().status(status).set(headers).send(JSON.stringify(body));
  }
}

@Controller()
class WhoController {
  @Get('who')
  @Scope('inference')
  who(@Caller() caller: Identity) {
    return { name: caller.name };
  }
}

describe('/v2/api-keys', () => {
  const clock = new TestClock();
  const directory = mkdtempSync(join(tmpdir(), 'amq-api-keys-'));
  const databasePath = join(directory, 'gateway.db');
  let application: INestApplication;
  let base: string;

  beforeAll(async () => {
    const configuration = readConfiguration({ DATABASE_PATH: databasePath, ADMIN_API_KEY });

    @Global()
    @Module({
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Clock, useValue: clock },
      ],
      exports: [Configuration, Clock],
    })
    class SettingsModule {}

    const module = await Test.createTestingModule({
      imports: [
        SettingsModule,
        EncryptionModule,
        StateModule,
        DatabaseModule.register({ entities: [ApiKey], migrations }),
        AuthModule,
      ],
      controllers: [WhoController],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    }).compile();
    application = module.createNestApplication({ logger: false });
    await application.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(application.getHttpServer().address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await application.close();
    rmSync(directory, { recursive: true });
  });

  async function call(
    method: string,
    path: string,
    { key = ADMIN_API_KEY, body }: { key?: string; body?: unknown } = {},
  ) {
    const response = await fetch(base + path, {
      method,
      headers: { ...(key && { 'x-api-key': key }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as AnswerBody };
  }

  const create = (body: unknown, key?: string) => call('POST', '/v2/api-keys', { body, key });

  it('creates a key, shows it once, and it works', async () => {
    const created = await create({ name: 'laptop' });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(created.body).toEqual({
      id: expect.any(String),
      name: 'laptop',
      prefix: created.body.key.slice(0, 10),
      scopes: ['inference'],
      enabled: true,
      expiresAt: null,
      lastUsedAt: null,
      createdAt: '2026-11-20T12:00:00.000Z',
      key: expect.stringMatching(/^amq_[A-Za-z0-9_-]{49}$/),
    });
    expect(await call('GET', '/who', { key: created.body.key })).toMatchObject({
      status: 200,
      body: { name: 'laptop' },
    });

    const listed = await call('GET', '/v2/api-keys');
    const { key, ...shown } = created.body;
    expect(listed.body.data).toContainEqual({ ...shown, lastUsedAt: '2026-11-20T12:00:00.000Z' });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    for (const suffix of ['', '-wal']) expect(readFileSync(databasePath + suffix).includes(key.slice(10))).toBe(false);
  });

  it('takes scopes and an expiry, and gives times in UTC', async () => {
    const body = { name: 'reader', scopes: ['admin:read', 'metrics'], expiresAt: '2026-12-31T23:00:00-01:00' };
    expect((await create(body)).body).toMatchObject({
      scopes: ['admin:read', 'metrics'],
      expiresAt: '2027-01-01T00:00:00.000Z',
    });
    expect((await create({ name: 'never', expiresAt: null })).body).toMatchObject({ expiresAt: null });
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['name']],
    ['an empty object', {}, ['name']],
    ['no name', { name: '' }, ['name']],
    ['a name over 100 characters', { name: 'x'.repeat(101) }, ['name']],
    ['a number for a name', { name: 7 }, ['name']],
    ['no scopes', { name: 'x', scopes: [] }, ['scopes']],
    ['null for scopes', { name: 'x', scopes: null }, ['scopes']],
    ['a text for scopes', { name: 'x', scopes: 'admin' }, ['scopes']],
    ['an unknown scope', { name: 'x', scopes: ['inference', 'root'] }, ['scopes']],
    ['a scope twice', { name: 'x', scopes: ['inference', 'inference'] }, ['scopes']],
    ['an expiry in the past', { name: 'x', expiresAt: '2026-11-20T11:59:59Z' }, ['expiresAt']],
    ['an expiry of now', { name: 'x', expiresAt: '2026-11-20T12:00:00Z' }, ['expiresAt']],
    ['an expiry without a zone', { name: 'x', expiresAt: '2027-01-01T00:00:00' }, ['expiresAt']],
    ['a date for an expiry', { name: 'x', expiresAt: '2027-01-01' }, ['expiresAt']],
    ['a day no calendar has', { name: 'x', expiresAt: '2027-02-30T00:00:00Z' }, ['expiresAt']],
    ['a number for an expiry', { name: 'x', expiresAt: 1_798_761_600 }, ['expiresAt']],
    ['unknown fields', { name: 'x', enabled: false, key: 'mine' }, ['enabled', 'key']],
    ['several wrong fields', { name: '', scopes: ['root'], colour: 'red' }, ['name', 'scopes', 'colour']],
  ])('refuses %s and names each field', async (_what, body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ type: 'urn:amq-gateway:problem:invalid_request', status: 400 });
    const named = answer.body.errors.map(({ field }) => field);
    expect(new Set(named)).toEqual(new Set(fields));
  });

  it('refuses a body that is a list', async () => {
    const { body } = await create([]);
    expect(body).toMatchObject({ status: 400, detail: 'The request body must be a JSON object' });
  });

  it('says the same thing about a field once', async () => {
    expect((await create({ name: 'x', expiresAt: 'soon' })).body.errors).toEqual([
      {
        field: 'expiresAt',
        message: 'expiresAt must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z',
      },
    ]);
  });

  it('lists in pages', async () => {
    for (const name of ['page 1', 'page 2', 'page 3']) await create({ name });
    const all = (await call('GET', '/v2/api-keys')).body;
    expect(all.nextCursor).toBeNull();
    const first = (await call('GET', '/v2/api-keys?limit=2')).body;
    const rest = (await call('GET', `/v2/api-keys?limit=200&cursor=${first.nextCursor}`)).body;
    expect(first.data).toHaveLength(2);
    expect(rest.nextCursor).toBeNull();
    const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);
    expect([...ids(first), ...ids(rest)]).toEqual(ids(all));
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=many', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=page-two', 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['order=name', 'order'],
  ])('refuses ?%s', async (query, field) => {
    const answer = await call('GET', `/v2/api-keys?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ field, message: expect.any(String) });
  });

  it.each<[string[], number, number]>([
    [['inference'], 403, 403],
    [['metrics'], 403, 403],
    [['admin:read'], 200, 403],
    [['admin'], 200, 201],
  ])('answers a key with scopes %j with %i to GET and %i to POST', async (scopes, reading, writing) => {
    const { key } = (await create({ name: 'scoped', scopes })).body;
    expect((await call('GET', '/v2/api-keys', { key })).status).toBe(reading);
    expect((await create({ name: 'made' }, key)).status).toBe(writing);
  });

  it.each(['', 'stranger', ADMIN_API_KEY.slice(0, -1)])('answers 401 to the key %j', async (key) => {
    const answer = await call('GET', '/v2/api-keys', { key });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('generates no key while the operator gives one', () => {
    expect(application.get(AdminKeySeeder).takeGeneratedKey()).toBeUndefined();
  });
});
