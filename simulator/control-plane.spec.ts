import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SimulatedAccount } from './account.js';
import { failure } from './script.js';
import { Simulator } from './simulator.js';
import { post } from './testing/ask-simulator.js';

describe('the control plane', () => {
  let simulator: Simulator;
  let builder: SimulatedAccount;
  let organisation: SimulatedAccount;

  beforeAll(async () => {
    simulator = await Simulator.start();
    builder = simulator.addAccount({ id: 'builder' });
    organisation = simulator.addAccount({ kind: 'identity-center' });
    builder.issueAccessToken();
    organisation.issueAccessToken();
  });

  afterAll(() => simulator.close());

  const get = (path: string, account = builder) =>
    post(`${simulator.url}${path}`, undefined, { authorization: `Bearer ${account.accessToken}` }, 'GET');
  const call = (operation: string, body: unknown, account = builder) =>
    post(`${simulator.url}/`, body, {
      authorization: `Bearer ${account.accessToken}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonCodeWhispererService.${operation}`,
    });

  it('lists the models, under both bindings alike', async () => {
    const rest = await get('/ListAvailableModels?origin=CLI');
    const json = await call('ListAvailableModels', { origin: 'CLI' });

    expect(rest).toEqual(json);
    expect((rest.body.models as { modelId: string }[]).map(({ modelId }) => modelId)).toEqual([
      'auto',
      'claude-sonnet-4',
      'claude-sonnet-4.5',
      'claude-haiku-4.5',
      'claude-opus-4.5',
      'claude-sonnet-4.6',
      'claude-opus-4.6',
      'claude-sonnet-5',
      'claude-sonnet-5.5',
      'claude-haiku-5.5',
      'claude-opus-5.5',
    ]);
    expect(rest.body.defaultModel).toMatchObject({ modelId: 'auto', tokenLimits: { maxInputTokens: 200_000 } });
    expect(rest.body.nextToken).toBeUndefined();
    expect(JSON.stringify(rest.body)).not.toMatch(/document/i);
  });

  it('lists models page by page', async () => {
    const seen: string[] = [];
    let nextToken = '';
    do {
      const { body } = await get(`/ListAvailableModels?origin=CLI&maxResults=4&nextToken=${nextToken}`);
      seen.push(...(body.models as { modelId: string }[]).map(({ modelId }) => modelId));
      nextToken = String(body.nextToken ?? '');
    } while (nextToken !== '');

    expect(seen).toEqual(builder.models.map((model) => model.modelId));
  });

  it.each(['', '?origin=CLI&maxResults=0', '?origin=CLI&maxResults=101', '?origin=CLI&nextToken=mine'])(
    'refuses to list models for "%s"',
    async (query) => {
      const { status, body } = await get(`/ListAvailableModels${query}`);

      expect([status, body.reason]).toEqual([400, 'REQUEST_BODY_INVALID']);
    },
  );

  it('tells the quota', async () => {
    builder.quota = { used: 250, limit: 1000, nextDateReset: Date.now() / 1000 + 36 * 3600, status: 429 };
    const { body } = await get('/getUsageLimits?origin=AI_EDITOR&resourceType=AGENTIC_REQUEST');

    expect(body).toMatchObject({
      limits: [{ type: 'AGENTIC_REQUEST', currentUsage: 250, totalUsageLimit: 1000, percentUsed: 25 }],
      daysUntilReset: 2,
      nextDateReset: builder.quota.nextDateReset,
      userInfo: { email: 'builder@example.com' },
    });
    expect((await call('GetUsageLimits', {})).body).toEqual(body);
  });

  it('lists profiles for organisations only, and wants them to be used', async () => {
    const { profileArn } = organisation;

    expect(await call('ListAvailableProfiles', {})).toMatchObject({
      status: 403,
      body: { message: 'AWS Builder ID is not supported for this operation.' },
    });
    expect(await call('ListAvailableProfiles', { maxResults: 10 }, organisation)).toMatchObject({
      status: 200,
      body: { profiles: [{ arn: profileArn }] },
    });
    expect(await get('/ListAvailableModels?origin=CLI', organisation)).toMatchObject({
      status: 400,
      body: { message: 'profileArn is required for this request.' },
    });
    const withProfile = `/ListAvailableModels?origin=CLI&profileArn=${encodeURIComponent(profileArn ?? '')}`;
    expect((await get(withProfile, organisation)).status).toBe(200);
  });

  it('lists an account’s several profiles, each region’s host its own, and takes any of them', async () => {
    const arnOf = (region: string, name: string) => `arn:aws:codewhisperer:${region}:111122223333:profile/${name}`;
    const near = { arn: arnOf('us-east-1', 'ABCDEFGHJKLM'), name: 'near' };
    const far = { arn: arnOf('eu-central-1', 'NOPQRSTUVWXY'), name: 'far' };
    const several = simulator.addAccount({ kind: 'identity-center', profiles: [near, far] });
    const authorization = `Bearer ${several.issueAccessToken()}`;
    const listedAt = async (host?: string) => {
      const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
      const headers = { authorization, 'content-type': 'application/json', ...(host && { host }) };
      request(`${simulator.url}/ListAvailableProfiles`, { method: 'POST', headers }, resolve).end('{}');
      const { profiles } = (await json(await promise)) as { profiles: { profileName: string }[] };
      return profiles.map(({ profileName }) => profileName);
    };

    expect(await listedAt()).toEqual(['near', 'far']);
    expect(await listedAt('q.us-east-1.amazonaws.com')).toEqual(['near']);
    expect(await listedAt('q.eu-central-1.amazonaws.com')).toEqual(['far']);
    const models = (arn: string) =>
      get(`/ListAvailableModels?origin=CLI&profileArn=${encodeURIComponent(arn)}`, several);
    expect((await models(near.arn)).status).toBe(200);
    expect((await models(far.arn)).status).toBe(200);
    expect((await models(arnOf('us-east-1', 'NOPQRSTUVWXY'))).status).toBe(403);
  });

  it('lets an organisation’s account be without a profile, and refuses it then', async () => {
    const without = simulator.addAccount({ kind: 'identity-center', profiles: [] });
    without.issueAccessToken();
    expect(await call('ListAvailableProfiles', {}, without)).toEqual({ status: 200, body: { profiles: [] } });
    expect(await get('/ListAvailableModels?origin=CLI', without)).toMatchObject({
      status: 400,
      body: { message: 'profileArn is required for this request.' },
    });
  });

  it('is closed to strangers, suspended accounts and scripted failures', async () => {
    const stranger = simulator.addAccount({ suspended: true });
    expect((await get('/getUsageLimits', stranger)).status).toBe(403);
    stranger.issueAccessToken();
    expect((await get('/getUsageLimits', stranger)).body.reason).toBe('TEMPORARILY_SUSPENDED');
    stranger.suspended = false;
    stranger.controlPlaneFailure = failure(500, 'InternalServerException', 'Try again.');
    expect((await get('/getUsageLimits', stranger)).status).toBe(500);
    stranger.controlPlaneFailure = undefined;
    expect((await get('/getUsageLimits', stranger)).status).toBe(200);
  });
});
