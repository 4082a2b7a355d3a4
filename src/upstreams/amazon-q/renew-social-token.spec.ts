import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { renewSocialToken } from './renew-social-token.js';

const NOW = Date.UTC(2026, 10, 20);
const PROFILE = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEF123456';

describe('renewSocialToken', () => {
  let server: Server;
  let http: Agent;
  let answer: { status: number; body: unknown };
  let received: unknown[];

  beforeEach(async () => {
    received = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, url, headers } = request;
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      received.push({ method, url, userAgent: headers['user-agent'], body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    http = new Agent();
  });
  afterEach(async () => {
    await http.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const renew = () => {
    const { port } = server.address() as AddressInfo;
    return renewSocialToken(`http://127.0.0.1:${port}/refreshToken`, 'aorAAAAAGold', http, NOW);
  };

  it('sends the refresh token alone, under the gateway’s own name, and reads the profile', async () => {
    answer = {
      status: 200,
      body: { accessToken: 'new', refreshToken: 'aorAAAAAGnew', expiresIn: 3600, profileArn: PROFILE },
    };
    expect(await renew()).toEqual({
      accessToken: 'new',
      refreshToken: 'aorAAAAAGnew',
      expiresAt: new Date(NOW + 3_600_000),
      profileArn: PROFILE,
    });
    expect(received).toEqual([
      {
        method: 'POST',
        url: '/refreshToken',
        userAgent: expect.stringMatching(/^amq-gateway\//),
        body: { refreshToken: 'aorAAAAAGold' },
      },
    ]);
  });

  it('keeps the refresh token where no other comes', async () => {
    answer = { status: 200, body: { accessToken: 'new', expiresIn: 60 } };
    expect(await renew()).toEqual({ accessToken: 'new', expiresAt: new Date(NOW + 60_000) });
  });

  it.each([
    [400, { error: 'invalid_grant', error_description: 'Invalid refresh token provided' }, 'invalid_grant', true],
    [401, { message: 'Bad credentials' }, 'http_401', true],
    [401, { error: 'Unauthorized' }, 'Unauthorized', true],
    [401, '', 'http_401', true],
    [400, { message: 'no idea' }, 'http_400', false],
    [403, {}, 'http_403', false],
    [429, {}, 'http_429', false],
    [500, { error: 'invalid_grant' }, 'http_500', false],
    [200, { expiresIn: 5 }, 'bad_answer', false],
  ])('%i %j is %s, permanent: %p', async (status, body, code, permanent) => {
    answer = { status, body };
    await expect(renew()).rejects.toMatchObject({ name: 'TokenRenewalError', code, permanent });
  });

  it('repeats no secret that the answer echoes', async () => {
    answer = { status: 401, body: { message: 'aorAAAAAGold is dead' } };
    await expect(renew()).rejects.toThrow(/^127\.0\.0\.1:\d+ refused \(http_401\)$/);
  });
});
