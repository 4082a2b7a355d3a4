import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../account.js';
import { Simulator } from '../simulator.js';
import { ask, post } from '../testing/ask-simulator.js';

describe('sign-in', () => {
  let simulator: Simulator;
  let account: SimulatedAccount;
  let now: number;

  beforeEach(async () => {
    now = Date.UTC(2026, 10, 20);
    simulator = await Simulator.start({ now: () => now, tokenLifetime: 600 });
    account = simulator.addAccount();
  });

  afterEach(() => simulator.close());

  const token = (body: unknown, headers?: Record<string, string>) => post(`${simulator.url}/token`, body, headers);
  const renewal = (changes: object = {}) => ({
    clientId: account.clientId,
    clientSecret: account.clientSecret,
    grantType: 'refresh_token',
    refreshToken: account.refreshToken,
    ...changes,
  });
  const failed = (status: number, error: string) => ({
    status,
    body: { error, error_description: expect.any(String) },
  });

  describe('renewal of Kiro’s own sign-in', () => {
    const renewSocial = (body: unknown) => post(`${simulator.url}/refreshToken`, body);

    it('wants the refresh token alone, rotates it, and names the profile', async () => {
      const social = simulator.addAccount({ kind: 'social' });
      const old = social.refreshToken;
      expect(old).toMatch(/^aorAAAAAG.{100}/);
      expect(await renewSocial({ refreshToken: old })).toEqual({
        status: 200,
        body: {
          accessToken: social.accessToken,
          refreshToken: social.refreshToken,
          expiresIn: 600,
          profileArn: social.profileArn,
        },
      });
      expect(social.refreshToken).not.toBe(old);
      expect(await renewSocial({ refreshToken: old })).toEqual(failed(400, 'invalid_grant'));
      expect(await renewSocial({})).toEqual(failed(400, 'invalid_request'));
      expect(simulator.requests[0]).toMatchObject({ operation: 'RefreshToken', accountId: social.id });
    });

    it('does not know AWS’ tokens, nor AWS those of it', async () => {
      const social = simulator.addAccount({ kind: 'social' });
      expect(await renewSocial({ refreshToken: account.refreshToken })).toEqual(failed(400, 'invalid_grant'));
      const { clientId, clientSecret, refreshToken } = social;
      expect(await token(renewal({ clientId, clientSecret, refreshToken }))).toEqual(failed(401, 'invalid_client'));
    });
  });

  describe('renewal', () => {
    it('brings a new access token and a new refresh token, and the old one is dead', async () => {
      const old = account.refreshToken;
      const renewed = await token(renewal());

      expect(renewed).toEqual({
        status: 200,
        body: {
          accessToken: account.accessToken,
          tokenType: 'Bearer',
          expiresIn: 600,
          refreshToken: account.refreshToken,
        },
      });
      expect(account.refreshToken).not.toBe(old);
      expect(await token(renewal({ refreshToken: old }))).toEqual(failed(400, 'invalid_grant'));
      expect(account.renewals).toBe(1);
      expect(simulator.requests).toMatchObject([
        { operation: 'CreateToken', accountId: account.id, outcome: 'accepted' },
        { operation: 'CreateToken', accountId: account.id, outcome: 'refused' },
      ]);
    });

    it('brings no refresh token where the account does not rotate, and the old one lives on', async () => {
      account.rotate = false;

      for (let turn = 0; turn < 2; turn += 1) {
        const { status, body } = await token(renewal());
        expect([status, body.refreshToken]).toEqual([200, undefined]);
      }
      expect(account.renewals).toBe(2);
    });

    it('uses the refresh token up before it answers, if it is told to wait in between', async () => {
      const old = account.refreshToken;
      account.refreshAnswerLatencyMs = 60_000;
      const leaving = new AbortController();
      const lost = fetch(`${simulator.url}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(renewal()),
        signal: leaving.signal,
      });
      while (account.renewals === 0) await new Promise((resolve) => setImmediate(resolve));
      leaving.abort();
      await expect(lost).rejects.toThrow('aborted');
      account.refreshAnswerLatencyMs = 0;
      expect(await token(renewal({ refreshToken: old }))).toEqual(failed(400, 'invalid_grant'));
      expect((await token(renewal())).status).toBe(200);
    });

    it('names the region that knows the sign-in to who comes by another region’s host', async () => {
      account.ssoRegion = 'eu-central-1';
      const { port } = new URL(simulator.url);
      const by = (host: string) =>
        new Promise<{ status?: number; type?: unknown; body: string }>((resolve, reject) => {
          const asked = httpRequest(
            { port, path: '/token', method: 'POST', headers: { host, 'content-type': 'application/json' } },
            (response) => {
              let body = '';
              response.on('data', (text) => {
                body += text;
              });
              const { statusCode: status, headers } = response;
              response.on('end', () => resolve({ status, type: headers['x-amzn-errortype'], body }));
            },
          );
          asked.on('error', reject).end(JSON.stringify(renewal()));
        });
      const elsewhere = await by('oidc.us-east-1.amazonaws.com');
      expect(elsewhere).toMatchObject({ status: 400, type: 'InvalidRequestRegionException' });
      expect(JSON.parse(elsewhere.body)).toMatchObject({ error: 'invalid_request', region: 'eu-central-1' });
      expect((await by('oidc.eu-central-1.amazonaws.com')).status).toBe(200);
      expect((await by('localhost')).status).toBe(200);
    });

    it('lets only one of two win that come at once', async () => {
      const statuses = (await Promise.all([token(renewal()), token(renewal())])).map(({ status }) => status);

      expect(statuses.toSorted()).toEqual([200, 400]);
    });

    it.each([
      ['an unknown client', { clientId: 'nobody' }, 401, 'invalid_client'],
      ['a wrong secret', { clientSecret: 'wrong' }, 401, 'invalid_client'],
      ['an unknown refresh token', { refreshToken: 'unknown' }, 400, 'invalid_grant'],
      ['a missing refresh token', { refreshToken: undefined }, 400, 'invalid_request'],
      ['a missing grant type', { grantType: undefined, grant_type: 'refresh_token' }, 400, 'invalid_request'],
      ['another grant type', { grantType: 'password' }, 400, 'unsupported_grant_type'],
    ])('refuses %s', async (_name, changes, status, error) => {
      expect(await token(renewal(changes))).toEqual(failed(status, error));
      expect(account.renewals).toBe(0);
    });

    it('refuses forms, and JSON that is none', async () => {
      const form = new URLSearchParams(renewal()).toString();

      expect(await token(form, { 'content-type': 'application/x-www-form-urlencoded' })).toEqual(
        failed(400, 'invalid_request'),
      );
      expect(await token('{')).toEqual(failed(400, 'invalid_request'));
    });

    it('fails as scripted', async () => {
      account.refreshFailure = { error: 'slow_down', status: 429 };
      expect(await token(renewal())).toEqual(failed(429, 'slow_down'));
      account.refreshFailure = { kind: 'reset' };
      await expect(token(renewal())).rejects.toThrow();
      account.refreshFailure = undefined;
      expect((await token(renewal())).status).toBe(200);
    });
  });

  describe('access tokens', () => {
    it('end with their life time, by the clock given', async () => {
      await token(renewal());
      expect((await ask(simulator, account)).status).toBe(200);
      now += 600_000;
      const expired = await ask(simulator, account);

      expect([expired.status, await expired.json()]).toEqual([
        403,
        {
          __type: 'com.amazon.aws.codewhisperer#AccessDeniedException',
          message: 'The bearer token included in the request is invalid.',
          reason: null,
        },
      ]);
    });

    it('end at once when told so, and older ones live beside newer ones', async () => {
      const older = account.issueAccessToken();
      account.issueAccessToken();
      account.accessToken = older;
      expect((await ask(simulator, account)).status).toBe(200);
      account.expireTokens();
      expect((await ask(simulator, account)).status).toBe(403);
    });
  });

  describe('by device', () => {
    const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
    const begin = async () => {
      const { body: client } = await post(`${simulator.url}/client/register`, {
        clientName: 'test',
        clientType: 'public',
        scopes: ['codewhisperer:completions'],
      });
      const { clientId, clientSecret } = client;
      const started = await post(`${simulator.url}/device_authorization`, {
        clientId,
        clientSecret,
        startUrl: 'https://view.awsapps.com/start',
      });
      const { deviceCode, userCode } = started.body;
      const poll = () => token({ clientId, clientSecret, grantType: deviceGrant, deviceCode });
      return { client, started, userCode: String(userCode), poll };
    };
    const decide = (userCode: string, decision: string, body: unknown = {}) =>
      post(`${simulator.url}/__simulator/device/${userCode}/${decision}`, body);

    it('makes an account whose tokens work', async () => {
      const { client, started, userCode, poll } = await begin();
      expect(client).toMatchObject({
        clientIdIssuedAt: now / 1000,
        clientSecretExpiresAt: now / 1000 + 90 * 24 * 3600,
      });
      expect(started.body).toMatchObject({ expiresIn: 600, interval: 1, verificationUri: expect.any(String) });
      expect(await poll()).toEqual(failed(400, 'authorization_pending'));
      expect(await poll()).toEqual(failed(400, 'slow_down'));
      expect((await decide(userCode, 'approve', { id: 'fresh' })).status).toBe(200);
      now += 1000;
      const { status, body } = await poll();

      expect(status).toBe(200);
      expect(await poll()).toEqual(failed(400, 'invalid_grant'));
      const renewed = await token({ ...client, grantType: 'refresh_token', refreshToken: body.refreshToken });
      expect(renewed.status).toBe(200);
      const usage = await post(
        `${simulator.url}/getUsageLimits`,
        undefined,
        { authorization: `Bearer ${renewed.body.accessToken}` },
        'GET',
      );
      expect(usage.body.userInfo).toMatchObject({ email: 'fresh@example.com' });
    });

    it('ends when the user refuses, or waits too long', async () => {
      const refused = await begin();
      await decide(refused.userCode, 'deny');
      expect(await refused.poll()).toEqual(failed(400, 'access_denied'));
      const late = await begin();
      now += 600_000;
      expect(await late.poll()).toEqual(failed(400, 'expired_token'));
      expect((await decide(late.userCode, 'approve')).status).toBe(404);
    });

    it('asks for five more seconds each time it is asked too soon', async () => {
      const { poll } = await begin();
      expect((await poll()).body.error).toBe('authorization_pending');
      expect((await poll()).body.error).toBe('slow_down');
      now += 5_999;
      expect((await poll()).body.error).toBe('slow_down');
      now += 11_000;
      expect((await poll()).body.error).toBe('authorization_pending');
    });

    it('fails polls as scripted, one each', async () => {
      const { userCode, poll } = await begin();
      const failures = [{ error: 'slow_down' }, { status: 503, error: 'busy' }, { kind: 'reset' }];
      expect((await decide(userCode, 'poll-failures', { failures })).status).toBe(200);
      expect(await poll()).toEqual(failed(400, 'slow_down'));
      expect(await poll()).toEqual(failed(503, 'busy'));
      await expect(poll()).rejects.toThrow();
      now += 5_000;
      expect((await poll()).body.error).toBe('slow_down'); // the scripted one asked for six
      expect((await decide('AAAA-AAAA', 'poll-failures', { failures })).status).toBe(404);
    });

    it('knows no start URL but those of AWS', async () => {
      const { client } = await begin();
      const { clientId, clientSecret } = client;
      for (const startUrl of ['https://nobody.example/start', 'http://view.awsapps.com/start', 'start']) {
        const started = await post(`${simulator.url}/device_authorization`, { clientId, clientSecret, startUrl });
        expect(started).toEqual(failed(400, 'invalid_request'));
      }
    });

    it('wants a known client', async () => {
      const unknown = { clientId: 'a', clientSecret: 'b', startUrl: 'https://view.awsapps.com/start' };

      expect(await post(`${simulator.url}/device_authorization`, unknown)).toEqual(failed(401, 'invalid_client'));
    });
  });
});
