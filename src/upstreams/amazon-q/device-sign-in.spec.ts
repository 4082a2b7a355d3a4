import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { createDeviceToken } from './create-device-token.js';
import { listProfiles } from './list-profiles.js';
import { registerClient } from './register-client.js';
import { startDeviceAuthorization } from './start-device-authorization.js';

const client = { clientId: 'client-1', clientSecret: 'secret-1' };
const arnOf = (region: string, name: string) => `arn:aws:codewhisperer:${region}:111122223333:profile/${name}`;

describe('the operations of a device sign-in', () => {
  let server: Server;
  let http: Agent;
  let endpoint: string;
  let answers: ((response: ServerResponse) => void)[];
  let received: { path?: string; headers: Record<string, unknown>; body: unknown }[];

  beforeEach(async () => {
    received = [];
    answers = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push({
        path: request.url,
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/token?a=b`;
    http = new Agent();
  });
  afterEach(async () => {
    await http.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const json = (status: number, body: unknown, headers = {}) => {
    answers.push((response) => response.writeHead(status, headers).end(JSON.stringify(body)));
  };

  describe('registerClient', () => {
    const good = { ...client, clientIdIssuedAt: 1, clientSecretExpiresAt: 1_803_000_000, tokenEndpoint: null };

    it('says who it is, and what for', async () => {
      json(200, good);
      expect(await registerClient(endpoint, http)).toEqual({ ...client, expiresAt: new Date(1_803_000_000_000) });
      expect(received).toMatchObject([
        {
          path: '/client/register',
          headers: { 'content-type': 'application/json', 'user-agent': expect.stringMatching(/^amq-gateway\//) },
          body: {
            clientName: 'amq-gateway',
            clientType: 'public',
            scopes: ['codewhisperer:completions', 'codewhisperer:analysis', 'codewhisperer:conversations'],
          },
        },
      ]);
    });

    it.each([
      { ...good, clientId: '' },
      { ...good, clientSecret: undefined },
      { ...good, clientSecretExpiresAt: 0 },
      [],
    ])('can do nothing with %j', async (body) => {
      json(200, body);
      await expect(registerClient(endpoint, http)).rejects.toMatchObject({ code: 'bad_answer' });
    });
  });

  describe('startDeviceAuthorization', () => {
    const good = {
      deviceCode: 'device-1',
      userCode: 'ABCD-EFGH',
      verificationUri: 'https://device.sso.us-east-1.amazonaws.com/',
      verificationUriComplete: 'https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH',
      expiresIn: 600,
      interval: 1,
    };
    const start = () => startDeviceAuthorization(endpoint, client, 'https://view.awsapps.com/start', http);

    it('asks for the start URL with its client', async () => {
      json(200, good);
      expect(await start()).toEqual(good);
      expect(received).toMatchObject([
        { path: '/device_authorization', body: { ...client, startUrl: 'https://view.awsapps.com/start' } },
      ]);
    });

    it('does without what may be missing', async () => {
      json(200, { ...good, interval: undefined, verificationUriComplete: null });
      expect(await start()).toEqual({ ...good, interval: 5, verificationUriComplete: good.verificationUri });
    });

    it('never asks more often than it may', async () => {
      json(200, { ...good, interval: 1.2 });
      expect((await start()).interval).toBe(2);
    });

    it.each([
      { verificationUri: 'javascript:alert(1)' },
      { verificationUriComplete: 'data:text/html,x' },
      { expiresIn: -1 },
      { expiresIn: 1e12 },
      { interval: 0 },
      { deviceCode: undefined },
      { userCode: '' },
      { userCode: 'ABCD\u001b[2J' },
    ])('can do nothing with %j', async (changes) => {
      json(200, { ...good, ...changes });
      await expect(start()).rejects.toMatchObject({ code: 'bad_answer' });
    });

    it('tells the service’s words, but no secret that they echo', async () => {
      json(400, { error: 'invalid_request', error_description: 'Invalid start url provided' });
      await expect(start()).rejects.toMatchObject({
        code: 'invalid_request',
        said: 'Invalid start url provided',
      });
      answers.length = 0;
      json(400, { error: 'invalid_request', error_description: 'secret-1 is not right' });
      await expect(start()).rejects.toThrow(/refused \(invalid_request\)$/);
    });
  });

  describe('createDeviceToken', () => {
    const poll = () => createDeviceToken(endpoint, client, 'device-1', http);

    it('asks the token endpoint, which may be anywhere', async () => {
      json(200, { accessToken: 'aoa', tokenType: 'Bearer', expiresIn: 3600, refreshToken: 'aor', idToken: null });
      expect(await poll()).toEqual({ accessToken: 'aoa', expiresIn: 3600, refreshToken: 'aor' });
      expect(received).toMatchObject([
        {
          path: '/some/token?a=b',
          body: { ...client, grantType: 'urn:ietf:params:oauth:grant-type:device_code', deviceCode: 'device-1' },
        },
      ]);
    });

    it('knows when there is no refresh token', async () => {
      json(200, { accessToken: 'aoa', expiresIn: 3600, refreshToken: null });
      expect(await poll()).toEqual({ accessToken: 'aoa', expiresIn: 3600 });
    });

    it.each([
      [400, { error: 'authorization_pending' }, 'authorization_pending'],
      [400, { error: 'slow_down' }, 'slow_down'],
      [500, { error: 'invalid_grant' }, 'http_500'],
      [200, { error: 'authorization_pending' }, 'bad_answer'],
      [200, { accessToken: 'aoa', expiresIn: 1e300 }, 'bad_answer'],
    ])('%i %j is %s', async (status, body, code) => {
      json(status, body);
      await expect(poll()).rejects.toMatchObject({ name: 'OidcError', code });
    });

    it('keeps tokens out of what it throws', async () => {
      json(200, { accessToken: 'aoaSECRET', refreshToken: 'aorSECRET', expiresIn: 'soon' });
      const error: Error = await poll().then(
        () => new Error('it was taken'),
        (thrown) => thrown,
      );
      expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('SECRET');
    });
  });

  describe('listProfiles', () => {
    const list = (binding: 'restJson1' | 'awsJson1.0' = 'restJson1') =>
      listProfiles({ apiEndpoint: endpoint, binding }, 'aoa-token', http);
    const page = (names: string[], nextToken?: string) =>
      json(200, {
        profiles: names.map((name) => ({ arn: arnOf('eu-central-1', name), profileName: name })),
        nextToken,
      });

    it('reads page after page, under either binding', async () => {
      page(['A', 'B'], 'more');
      page(['B', 'C']);
      expect((await list()).map(({ name, region }) => `${name} ${region}`)).toEqual([
        'A eu-central-1',
        'B eu-central-1',
        'C eu-central-1',
      ]);
      expect(received).toMatchObject([
        { path: '/ListAvailableProfiles', headers: { authorization: 'Bearer aoa-token' }, body: { maxResults: 10 } },
        { path: '/ListAvailableProfiles', body: { maxResults: 10, nextToken: 'more' } },
      ]);
      await list('awsJson1.0');
      expect(received.at(-1)).toMatchObject({
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonCodeWhispererService.ListAvailableProfiles',
        },
      });
    });

    it('stops where a list has no end', async () => {
      page(['A'], 'again');
      expect(await list()).toHaveLength(1);
      expect(received).toHaveLength(10);
    });

    it('reads a hundred at most, however many come in one page', async () => {
      json(200, { profiles: Array.from({ length: 300 }, (_, index) => ({ arn: arnOf('us-east-1', `A${index}`) })) });
      expect(await list()).toHaveLength(100);
    });

    it('leaves out what is no profile', async () => {
      json(200, {
        profiles: [
          null,
          7,
          {},
          { arn: 'nonsense' },
          { arn: `arn:${'x'.repeat(2000)}` },
          { arn: arnOf('us-east-1', 'A') },
        ],
      });
      const arn = arnOf('us-east-1', 'A');
      expect(await list()).toEqual([{ arn, name: arn, region: 'us-east-1' }]);
      answers.length = 0;
      json(200, { profiles: null });
      expect(await list()).toEqual([]);
    });

    it('classifies refusals', async () => {
      json(403, { __type: 'x#AccessDeniedException', message: 'Suspended.', reason: 'TEMPORARILY_SUSPENDED' });
      await expect(list()).rejects.toMatchObject({ failure: { class: 'suspended', serviceMessage: 'Suspended.' } });
      answers.length = 0;
      json(500, {}, { 'x-amzn-errortype': 'InternalServerException' });
      await expect(list()).rejects.toMatchObject({ failure: { class: 'transient' } });
      answers.length = 0;
      answers.push((response) => response.destroy());
      await expect(list()).rejects.toMatchObject({ failure: { class: 'transient' } });
    });
  });
});
