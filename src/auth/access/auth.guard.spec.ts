import { describe, expect, it, jest } from '@jest/globals';
import { type ExecutionContext, Get, type Type } from '@nestjs/common';
import type { Request } from 'express';
import { TestClock } from '../../../test/support/test-clock.js';
import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditLog } from '../../audit/audit-log.service.js';
import type { GatewayError } from '../../core/errors.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { requestContext } from '../../platform/logging/request-context.js';
import type { ApiKeyService } from '../api-keys/api-key.service.js';
import { UNKNOWN_KEY } from '../api-keys/authentication.js';
import { FailedKeys } from '../failed-attempts/failed-keys.service.js';
import { SecurityEvents } from '../security-events/security-events.service.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.service.js';
import type { Identity } from './identity.js';
import { Public, PublicUnless } from './public.decorator.js';
import { Scope } from './scope.decorator.js';
import type { Scope as KeyScope } from './scope.js';

const identity = (...scopes: KeyScope[]): Identity => ({ keyId: '1', name: 'one', scopes: new Set(scopes) });

class Inherited {
  shared() {}
}

@Scope('inference')
class Models extends Inherited {
  messages() {}

  @Scope('admin')
  closedFurther() {}

  @Public()
  hello() {}

  @Scope('admin')
  @PublicUnless((_settings, request) => request.query.probe === 'true')
  health() {}
}

@Public()
class Open extends Inherited {
  live() {}

  @Scope('admin')
  closedAgain() {}
}

@Scope('metrics')
@PublicUnless((settings) => settings.METRICS_AUTH)
class MetricsPage {
  metrics() {}
}

class Forgotten extends Inherited {
  @Get()
  forgotten() {}
}

interface Call {
  controller: Type;
  handler: string;
  headers?: Record<string, string>;
  method?: string;
  query?: Record<string, string>;
  ip?: string;
  environment?: Record<string, string>;
}

/** Keys `valid` (with `scopes`) and `slow` (the same, by way of the database) are known. */
function gatekeeper(scopes: KeyScope[] = ['inference'], environment: Record<string, string> = {}) {
  const record = jest.fn((_event: AuditEvent) => Promise.resolve());
  const authenticate = jest.fn((secret: string) => {
    if (secret === 'slow') return Promise.resolve({ identity: identity(...scopes) });
    if (secret === 'slow stranger') return Promise.resolve(UNKNOWN_KEY);
    return secret === 'valid' ? { identity: identity(...scopes) } : UNKNOWN_KEY;
  });
  const events = new SecurityEvents({ recordFirst: record } as unknown as AuditLog);
  const apiKeys = { authenticate } as unknown as ApiKeyService;
  const authenticator = new Authenticator(apiKeys, new FailedKeys(new TestClock()), events);
  const guard = new AuthGuard(authenticator, events, readConfiguration(environment));
  const enter = async ({ controller, handler, headers = {}, method = 'POST', query = {}, ...more }: Call) => {
    const request = { headers, method, query, ip: '192.0.2.1', ...more } as unknown as Request;
    const context = {
      getClass: () => controller,
      getHandler: () => controller.prototype[handler],
      switchToHttp: () => ({ getRequest: () => request }),
    } as unknown as ExecutionContext;
    const entered = await guard.canActivate(context);
    return { entered, identity: request.identity };
  };
  return { authenticate, enter, record };
}

const messages = { controller: Models, handler: 'messages' };

describe('AuthGuard', () => {
  it.each<[string, Record<string, string>]>([
    ['x-api-key', { 'x-api-key': 'valid' }],
    ['authorization', { authorization: 'Bearer valid' }],
    ['authorization in small letters', { authorization: 'bearer valid' }],
    ['a key that the database must be asked for', { 'x-api-key': 'slow' }],
    ['api-key, as Azure’s clients send it', { 'api-key': 'valid' }],
    ['three headers, only api-key valid', { authorization: 'Bearer stranger', 'x-api-key': 'no', 'api-key': 'valid' }],
    [
      'three headers, the last found in the database',
      { authorization: 'Bearer no', 'x-api-key': '', 'api-key': 'slow' },
    ],
    ['both, the same', { authorization: 'Bearer valid', 'x-api-key': 'valid' }],
    ['both, only x-api-key valid', { authorization: 'Bearer stranger', 'x-api-key': 'valid' }],
    ['both, only authorization valid', { authorization: 'Bearer valid', 'x-api-key': 'stranger' }],
    ['both, the first found unknown in the database', { authorization: 'Bearer slow stranger', 'x-api-key': 'valid' }],
    ['both, the second found in the database', { authorization: 'Bearer stranger', 'x-api-key': 'slow' }],
    ['another scheme beside a valid key', { authorization: 'Basic dmFsaWQ=', 'x-api-key': 'valid' }],
    ['an endless value beside a valid key', { authorization: `Bearer ${'x'.repeat(9_000)}`, 'x-api-key': 'valid' }],
  ])('lets in %s and says who it is', async (_what, headers) => {
    expect(await gatekeeper().enter({ ...messages, headers })).toEqual({
      entered: true,
      identity: identity('inference'),
    });
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['empty headers', { authorization: '', 'x-api-key': '', 'api-key': '' }],
    ['a scheme without a key', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: 'Basic dmFsaWQ=' }],
    ['the key without a scheme', { authorization: 'valid' }],
  ])('asks for a key, naming both headers, when there is %s', async (_what, headers) => {
    const { authenticate, enter } = gatekeeper();
    await expect(enter({ ...messages, headers })).rejects.toMatchObject({
      kind: 'authentication',
      message: 'x-api-key or authorization header is required',
      shouldRetry: false,
    } satisfies Partial<GatewayError>);
    expect(authenticate).not.toHaveBeenCalled();
  });

  it.each<[string, Record<string, string>]>([
    ['a wrong x-api-key', { 'x-api-key': 'stranger' }],
    ['a wrong api-key', { 'api-key': 'stranger' }],
    ['a wrong bearer', { authorization: 'Bearer stranger' }],
    ['one the database does not know', { 'x-api-key': 'slow stranger' }],
    ['two wrong ones', { authorization: 'Bearer slow stranger', 'x-api-key': 'stranger' }],
    ['a valid key with something behind it', { 'x-api-key': 'valid, valid' }],
  ])('refuses %s without repeating it', async (_what, headers) => {
    await expect(gatekeeper().enter({ ...messages, headers })).rejects.toMatchObject({
      kind: 'authentication',
      message: 'invalid API key in the x-api-key or authorization header',
      shouldRetry: false,
    } satisfies Partial<GatewayError>);
  });

  it('asks once when all headers hold the same key', async () => {
    const { authenticate, enter } = gatekeeper();
    const headers = { authorization: 'Bearer stranger', 'x-api-key': 'stranger', 'api-key': 'stranger' };
    await expect(enter({ ...messages, headers })).rejects.toMatchObject({ kind: 'authentication' });
    expect(authenticate).toHaveBeenCalledTimes(1);
  });

  it('does not digest a value over 512 characters', async () => {
    const { authenticate, enter } = gatekeeper();
    await expect(enter({ ...messages, headers: { 'x-api-key': 'x'.repeat(513) } })).rejects.toMatchObject({
      kind: 'authentication',
    });
    expect(authenticate).not.toHaveBeenCalled();
    await expect(enter({ ...messages, headers: { 'x-api-key': 'x'.repeat(512) } })).rejects.toMatchObject({
      kind: 'authentication',
    });
    expect(authenticate).toHaveBeenCalledTimes(1);
  });

  it('refuses a key without the scope, and names the scope', async () => {
    const call = { controller: Models, handler: 'closedFurther', headers: { 'x-api-key': 'valid' } };
    await expect(gatekeeper(['inference']).enter(call)).rejects.toMatchObject({
      kind: 'permission',
      message: "This API key lacks the scope 'admin'.",
    });
    expect((await gatekeeper(['admin']).enter(call)).entered).toBe(true);
  });

  it('lets nobody in whose address is not known any more, and looks at no key of theirs', async () => {
    const { authenticate, enter } = gatekeeper();
    await expect(enter({ ...messages, headers: { 'x-api-key': 'valid' }, ip: undefined })).rejects.toMatchObject({
      kind: 'permission',
      message: 'The connection is gone.',
    });
    expect(authenticate).not.toHaveBeenCalled();
    expect((await enter({ controller: Models, handler: 'hello', ip: undefined })).entered).toBe(true);
  });

  it('audits who lacks the scope, by key and address', async () => {
    const { enter, record } = gatekeeper(['inference']);
    await enter({ controller: Models, handler: 'closedFurther', headers: { 'x-api-key': 'valid' } }).catch(() => {});
    expect(record.mock.calls).toEqual([
      [
        {
          actor: { name: 'one', keyId: '1', address: '192.0.2.1' },
          action: 'api-key.refuse',
          target: '1',
          outcome: 'refused',
          details: { reason: 'missing_scope', scope: 'admin' },
        },
      ],
    ]);
  });

  it('adds the address and the key to the log line of the request', async () => {
    const context = { requestId: 'req_1', startedAt: 0, facts: {} };
    await requestContext.run(context, () => gatekeeper().enter({ ...messages, headers: { 'x-api-key': 'valid' } }));
    expect(context.facts).toEqual({ address: '192.0.2.1', apiKey: '1' });
  });

  it('lets admin:read read', async () => {
    const { enter } = gatekeeper(['admin:read']);
    const call = { controller: Models, handler: 'closedFurther', headers: { 'x-api-key': 'valid' } };
    expect((await enter({ ...call, method: 'GET' })).entered).toBe(true);
    await expect(enter({ ...call, method: 'DELETE' })).rejects.toMatchObject({ kind: 'permission' });
  });

  it.each([
    [Models, 'hello'],
    [Open, 'live'],
    [Open, 'shared'],
  ])('asks nobody on the open route %p.%s', async (controller, handler) => {
    const { authenticate, enter } = gatekeeper();
    expect(await enter({ controller, handler, headers: { 'x-api-key': 'stranger' } })).toEqual({ entered: true });
    expect(authenticate).not.toHaveBeenCalled();
  });

  it('is closed by a scope on the handler of an open controller', async () => {
    await expect(gatekeeper().enter({ controller: Open, handler: 'closedAgain' })).rejects.toMatchObject({
      kind: 'authentication',
    });
  });

  it.each([
    ['forgotten', { 'x-api-key': 'valid' }],
    ['forgotten', {}],
    ['shared', { 'x-api-key': 'valid' }],
  ])('refuses a route that names neither to everybody, an admin too: %s %j', async (handler, headers) => {
    await expect(gatekeeper(['admin']).enter({ controller: Forgotten, handler, headers })).rejects.toMatchObject({
      kind: 'permission',
    });
  });

  it('keeps the rules of controllers apart that inherit the same handler', async () => {
    const { enter } = gatekeeper();
    expect((await enter({ controller: Open, handler: 'shared' })).entered).toBe(true);
    await expect(enter({ controller: Models, handler: 'shared' })).rejects.toMatchObject({ kind: 'authentication' });
    await expect(enter({ controller: Forgotten, handler: 'shared' })).rejects.toMatchObject({ kind: 'permission' });
    expect((await enter({ controller: Open, handler: 'shared' })).entered).toBe(true);
  });

  it('opens a route unless a setting closes it, and then asks for the scope', async () => {
    const call = { controller: MetricsPage, handler: 'metrics', method: 'GET' };
    expect((await gatekeeper().enter(call)).entered).toBe(true);

    const closed = { METRICS_AUTH: 'true' };
    const headers = { 'x-api-key': 'valid' };
    await expect(gatekeeper([], closed).enter(call)).rejects.toMatchObject({ kind: 'authentication' });
    await expect(gatekeeper(['inference'], closed).enter({ ...call, headers })).rejects.toMatchObject({
      kind: 'permission',
    });
    expect((await gatekeeper(['metrics'], closed).enter({ ...call, headers })).entered).toBe(true);
  });

  it('opens a route unless the request asks for more', async () => {
    const call = { controller: Models, handler: 'health', method: 'GET' };
    const { enter } = gatekeeper(['admin']);
    expect((await enter(call)).entered).toBe(true);
    await expect(enter({ ...call, query: { probe: 'true' } })).rejects.toMatchObject({ kind: 'authentication' });
    expect((await enter({ ...call, query: { probe: 'true' }, headers: { 'x-api-key': 'valid' } })).entered).toBe(true);
  });

  it('reads the decorators of a route once', async () => {
    const get = jest.spyOn(Reflect, 'getMetadata');
    const { enter } = gatekeeper();
    const call = { ...messages, headers: { 'x-api-key': 'valid' } };
    await enter(call);
    const reads = get.mock.calls.length;
    for (let request = 0; request < 10; request++) await enter(call);
    expect(reads).toBeGreaterThan(0);
    expect(get).toHaveBeenCalledTimes(reads);
    get.mockRestore();
  });
});
