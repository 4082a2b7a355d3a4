import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { renewToken } from './renew-token.js';
import type { Credentials, Surface } from './surface.js';

const credentials: Credentials = { clientId: 'client-1', clientSecret: 'secret-1', refreshToken: 'aorREFRESH1' };
const NOW = Date.UTC(2026, 10, 20);

describe('renewToken', () => {
  let server: Server;
  let http: Agent;
  let answer: (response: ServerResponse) => void;
  let received: { path?: string; contentType?: string; userAgent?: string; body: unknown }[];

  beforeEach(async () => {
    received = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { 'content-type': contentType, 'user-agent': userAgent } = request.headers;
      received.push({ path: request.url, contentType, userAgent, body: JSON.parse(Buffer.concat(chunks).toString()) });
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    http = new Agent();
  });
  afterEach(async () => {
    await http.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    answer = (response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const renew = () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const surface: Surface = {
      apiEndpoint: `${origin}/`,
      tokenEndpoint: `${origin}/token?a=b`,
      binding: 'restJson1',
      origin: 'CLI',
    };
    return renewToken(surface, credentials, http, NOW);
  };

  it('sends JSON in camelCase and says who it is', async () => {
    json(200, {
      accessToken: 'aoaNEW',
      tokenType: 'Bearer',
      expiresIn: 3600,
      refreshToken: 'aorREFRESH2',
      idToken: null,
    });
    expect(await renew()).toEqual({
      accessToken: 'aoaNEW',
      expiresAt: new Date(NOW + 3_600_000),
      refreshToken: 'aorREFRESH2',
    });
    expect(received).toEqual([
      {
        path: '/token?a=b',
        contentType: 'application/json',
        userAgent: expect.stringMatching(/^amq-gateway\//),
        body: {
          clientId: 'client-1',
          clientSecret: 'secret-1',
          grantType: 'refresh_token',
          refreshToken: 'aorREFRESH1',
        },
      },
    ]);
  });

  it.each([[undefined], [null], ['aorREFRESH1']])('knows no rotation from refreshToken %p', async (refreshToken) => {
    json(200, { accessToken: 'aoaNEW', expiresIn: 60, refreshToken });
    expect(await renew()).toEqual({ accessToken: 'aoaNEW', expiresAt: new Date(NOW + 60_000) });
  });

  it.each([
    [400, { error: 'invalid_grant', error_description: 'Invalid refresh token provided' }, 'invalid_grant', true],
    [401, { error: 'invalid_client' }, 'invalid_client', true],
    [400, { error: 'invalid_request' }, 'invalid_request', true],
    [400, { error: 'access_denied' }, 'access_denied', true],
    [400, { error: 'unauthorized_client' }, 'unauthorized_client', true],
    [400, { __type: 'com.amazon#InvalidRequestRegionException' }, 'InvalidRequestRegionException', true],
    [400, { error: 'invalid_request', __type: 'InvalidRequestRegionException' }, 'InvalidRequestRegionException', true],
    [400, { error: 'slow_down' }, 'slow_down', false],
    [500, { error: 'invalid_grant' }, 'http_500', false],
    [400, { error: 'a code with spaces' }, 'http_400', false],
    [403, '<html>', 'http_403', false],
    [302, null, 'http_302', false],
    [200, { expiresIn: 60 }, 'bad_answer', false],
    [200, { accessToken: 'a\r\nx-header: b', expiresIn: 60 }, 'bad_answer', false],
    [200, { accessToken: 'a', expiresIn: -1 }, 'bad_answer', false],
    [200, { accessToken: 'a', expiresIn: 1e300 }, 'bad_answer', false],
  ])('%i %j is %s, permanent: %p', async (status, body, code, permanent) => {
    json(status, body);
    await expect(renew()).rejects.toMatchObject({ name: 'TokenRenewalError', code, permanent });
  });

  it('tells in which region the credentials are known, if that may be one', async () => {
    const elsewhere = (region: string) =>
      json(
        400,
        { error: 'invalid_request', endpoint: 'https://attacker.example/', region },
        { 'x-amzn-errortype': 'InvalidRequestRegionException:http://internal.amazon.com/' },
      );
    elsewhere('eu-central-1');
    await expect(renew()).rejects.toMatchObject({ code: 'InvalidRequestRegionException', region: 'eu-central-1' });
    for (const region of ['attacker.example/', 'EU', '', 'eu-central-1.evil']) {
      elsewhere(region);
      await expect(renew()).rejects.toMatchObject({ permanent: true, region: undefined });
    }
    json(400, { error: 'invalid_grant', region: 'eu-central-1' });
    await expect(renew()).rejects.toMatchObject({ code: 'invalid_grant', region: undefined });
  });

  it('tells how long the service wants to be left alone', async () => {
    json(429, { error: 'slow_down' }, { 'retry-after': '17' });
    await expect(renew()).rejects.toMatchObject({ permanent: false, retryAfter: 17 });
  });

  it('repeats the service’s words, but no secret that they echo', async () => {
    json(400, { error: 'invalid_grant', error_description: `Not\nvalid: ${'x'.repeat(50)}` });
    await expect(renew()).rejects.toThrow(/^127\.0\.0\.1:\d+ refused \(invalid_grant\): Not valid: …$/);
    json(400, { error: 'invalid_grant', error_description: 'token aorREFRESH1 is not valid' });
    await expect(renew()).rejects.toThrow(/^127\.0\.0\.1:\d+ refused \(invalid_grant\)$/);
  });

  it('reads no more than an answer’s length', async () => {
    json(200, { accessToken: 'a'.repeat(70_000), expiresIn: 60 });
    await expect(renew()).rejects.toMatchObject({ code: 'no_answer', permanent: false });
  });

  it('calls a broken connection no answer', async () => {
    answer = (response) => response.destroy();
    await expect(renew()).rejects.toMatchObject({ code: 'no_answer', permanent: false });
  });
});
