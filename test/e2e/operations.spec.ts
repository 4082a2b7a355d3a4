import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Configuration } from '../../src/platform/config/configuration.js';
import { eventually, post, QUESTION, streamed } from '../support/ask.js';
import { postChat, streamedChat } from '../support/ask-chat.js';
import { answered, streamedFrames } from '../support/ask-responses.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { type MetricSample, samplesOf, totalOf } from '../support/read-metrics.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL_PROTOCOLS = ['anthropic', 'openai_chat', 'openai_responses'];

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 2, LOG_LEVEL: 'trace' });
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.url + path, { headers });

describe('health', () => {
  it('tells in the promised shape that all is well', async () => {
    const response = await get('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'healthy',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptime_seconds: expect.any(Number),
      enabled_accounts: 2,
      total_accounts: 2,
      active_accounts: 2,
      active_api_keys: 1,
    });
  });

  it('is alive and ready', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ready' });
  });

  it('is degraded without any account, and unhealthy when none of them can serve', async () => {
    const empty = await startGateway(simulator, { accounts: 0 });
    expect(await (await fetch(`${empty.url}/health`)).json()).toMatchObject({ status: 'degraded', total_accounts: 0 });
    const refusal = await post(empty, QUESTION);
    expect(refusal.status).toBe(503);
    expect(await refusal.json()).toMatchObject({
      error: { type: 'overloaded_error', message: expect.stringContaining('account') },
    });
    await empty.close();

    const lost = await startGateway(simulator, { accounts: 1 });
    simulator.enqueue(failure(403, 'AccessDeniedException', 'x', 'TEMPORARILY_SUSPENDED'));
    await post(lost, QUESTION);
    const health = await fetch(`${lost.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: 'unhealthy', active_accounts: 0 });
    await lost.close();
  });

  it('answers what clients and load balancers ask first', async () => {
    expect((await fetch(gateway.url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${gateway.url}/api/hello`, { method: 'HEAD' })).status).toBe(200);
    expect(await (await get('/')).json()).toMatchObject({ name: 'amq-gateway' });
  });
});

describe('metrics', () => {
  const HOSTILE = 'planted"label\\4713';
  const TOKENS = { uncachedInputTokens: 100, outputTokens: 20, cacheReadInputTokens: 7, cacheWriteInputTokens: 3 };
  let metered: RunningGateway;
  let endpoint: AnthropicEndpoint;
  let accountIds: string[];

  beforeAll(async () => {
    const before = simulator.accounts.length;
    metered = await startGateway(simulator, { accounts: 2, METRICS_AUTH: 'true', ALLOW_PRIVATE_ENDPOINTS: 'true' });
    accountIds = simulator.accounts.slice(before).map(({ id }) => id);
    endpoint = await AnthropicEndpoint.start();
    simulator.reset();
  });
  afterAll(async () => {
    await metered.close();
    await endpoint.close();
  });

  const read = async () => {
    const response = await fetch(`${metered.url}/metrics`, { headers: { 'x-api-key': ADMIN_KEY } });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return samplesOf(await response.text());
  };
  const requestsEnded = async () => {
    const samples = await read();
    return MODEL_PROTOCOLS.reduce(
      (sum, protocol) => sum + totalOf(samples, 'amq_gateway_requests_total', { protocol }),
      0,
    );
  };
  const served = () =>
    simulator.requests.filter(
      ({ operation, accountId }) =>
        operation === 'GenerateAssistantResponse' && accountIds.includes(accountId as string),
    );

  it('want a key when METRICS_AUTH says so', async () => {
    expect((await fetch(`${metered.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${metered.url}/metrics`, { headers: { 'x-api-key': ADMIN_KEY } })).status).toBe(200);
  });

  it('count what the simulator served, in every protocol', async () => {
    const good = () => stream(text('a'), goodEnd(TOKENS));
    simulator.enqueue(good(), good(), good(), good(), good(), good());
    await streamed(metered);
    await (await post(metered, QUESTION)).json();
    await streamedChat(metered);
    await (await postChat(metered)).json();
    await streamedFrames(metered);
    await answered(metered);
    await eventually(async () => (await requestsEnded()) === 6);

    const samples = await read();
    for (const account_id of accountIds) {
      const count = served().filter(({ accountId, finished }) => finished && accountId === account_id).length;
      expect(count).toBe(3);
      expect(totalOf(samples, 'amazonq_requests_total', { account_id, status: 'success' })).toBe(count);
      expect(totalOf(samples, 'amazonq_requests_total', { account_id })).toBe(count);
      expect(totalOf(samples, 'amazonq_response_seconds_count', { account_id })).toBe(count);
      expect(totalOf(samples, 'amazonq_active_requests', { account_id })).toBe(0);
      expect(totalOf(samples, 'amazonq_account_available', { account_id })).toBe(1);
    }
    for (const protocol of MODEL_PROTOCOLS) {
      for (const name of ['requests_total', 'request_seconds_count']) {
        expect(totalOf(samples, `amq_gateway_${name}`, { protocol, outcome: 'success' })).toBe(2);
      }
      expect(totalOf(samples, 'amq_gateway_time_to_first_token_seconds_count', { protocol })).toBe(2);
    }
    const tokens = (direction: string) =>
      totalOf(samples, 'amq_gateway_tokens_total', { direction, model: 'claude-sonnet-5' });
    expect(['input', 'output', 'cache_read', 'cache_write'].map(tokens)).toEqual([600, 120, 42, 18]);
    expect(totalOf(samples, 'amq_gateway_credits_total', { model: 'claude-sonnet-5' })).toBeCloseTo(0.06, 9);
    const logged = metered.logs.reduce((sum, { msg, cost }) => sum + (msg === 'request' ? Number(cost ?? 0) : 0), 0);
    expect(totalOf(samples, 'amq_gateway_cost_usd_total')).toBeCloseTo(logged, 9);
    expect(logged).toBeGreaterThan(0);
    expect(totalOf(samples, 'amq_gateway_attempts_per_request_sum', { outcome: 'success' })).toBe(6);
    expect(totalOf(samples, 'amq_gateway_accounts', { status: 'active' })).toBe(2);
    expect(totalOf(samples, 'amq_gateway_ready')).toBe(1);
  });

  it('count what went wrong, and streams while they are open', async () => {
    const before = await read();
    const upstreamBefore = served().length;
    simulator.enqueue(
      failure(403, 'AccessDeniedException', 'x', 'TEMPORARILY_SUSPENDED'),
      stream(text('a'), goodEnd()),
    );
    await streamed(metered);
    simulator.enqueue(stream(text('a'), { reset: true }));
    await streamed(metered);
    simulator.enqueue(stream(text('a'), pause(60_000)));
    const hangUp = new AbortController();
    const open = await postChat(metered, { stream: true }, { signal: hangUp.signal });
    await open.body?.getReader().read();
    expect(totalOf(await read(), 'amq_gateway_open_streams', { protocol: 'openai_chat' })).toBe(1);
    hangUp.abort();
    await eventually(async () => (await requestsEnded()) === 9);

    const after = await read();
    const more = (name: string, labels: Record<string, string> = {}) =>
      totalOf(after, name, labels) - totalOf(before, name, labels);
    expect(served().length - upstreamBefore).toBe(4);
    expect(more('amazonq_requests_total')).toBe(4);
    const counted = ['success', 'error', 'cancelled'].map((status) => more('amazonq_requests_total', { status }));
    expect(counted).toEqual([1, 2, 1]);
    expect(more('amazonq_errors_total', { error_type: 'suspended' })).toBe(1);
    expect(more('amazonq_errors_total', { error_type: 'transient' })).toBe(1);
    expect(more('amazonq_errors_total')).toBe(2);
    expect(more('amq_gateway_requests_total', { protocol: 'anthropic', outcome: 'success' })).toBe(1);
    expect(more('amq_gateway_requests_total', { protocol: 'anthropic', outcome: 'error' })).toBe(1);
    expect(more('amq_gateway_request_errors_total', { protocol: 'anthropic', kind: 'upstream' })).toBe(1);
    expect(more('amq_gateway_requests_total', { protocol: 'openai_chat', outcome: 'cancelled' })).toBe(1);
    expect(more('amq_gateway_request_seconds_count', { protocol: 'openai_chat', outcome: 'cancelled' })).toBe(1);
    expect(more('amq_gateway_attempts_per_request_sum')).toBe(4);
    expect(totalOf(after, 'amq_gateway_open_streams')).toBe(0);
    expect(totalOf(after, 'amazonq_active_requests')).toBe(0);
    expect(totalOf(after, 'amazonq_account_available')).toBe(1);
    expect(totalOf(after, 'amq_gateway_accounts', { status: 'suspended' })).toBe(1);
  });

  it('have no label that a client can invent', async () => {
    // It has no list of models: whatever a client names is asked there.
    await addEndpoint(metered, endpoint);
    const seriesOf = ({ name, labels }: MetricSample) => `${name}${JSON.stringify(labels)}`;
    const known = new Set((await read()).map(seriesOf));
    const headers = { 'user-agent': HOSTILE, 'anthropic-beta': HOSTILE, 'x-request-id': HOSTILE, 'x-app': HOSTILE };
    const odd = { model: HOSTILE, [HOSTILE]: 1, metadata: { user_id: HOSTILE }, service_tier: HOSTILE };
    const init = (path: string) => ({ path, headers });
    expect((await post(metered, { ...QUESTION, ...odd }, init('/v1/messages'))).status).toBe(200);
    const input = { input: 'Hello', ...odd };
    for (const path of ['/v1/chat/completions', '/v1/responses', '/v1/messages/count_tokens', `/v1/${HOSTILE}`]) {
      await post(metered, { ...QUESTION, ...input }, init(path)).then((response) => response.text());
    }
    await post(metered, QUESTION, { headers: { ...headers, 'x-api-key': HOSTILE } });
    await fetch(`${metered.url}/${encodeURIComponent(HOSTILE)}`, { method: 'PROPFIND' });
    const asked = endpoint.messages.map(({ bytes }) => JSON.parse(bytes.toString()).model);
    expect(asked).toContain(HOSTILE);
    const samples = await read();
    expect(totalOf(samples, 'amq_gateway_tokens_total', { model: 'other' })).toBeGreaterThan(0);
    const news = samples.filter((sample) => /^am/.test(sample.name) && !known.has(seriesOf(sample)));
    // Names of closed lists that are counted when they are met.
    const labels = new Set(news.flatMap((sample) => Object.keys(sample.labels)));
    expect(['account_id', 'beta', 'field']).toEqual(expect.arrayContaining([...labels]));
    expect(JSON.stringify(samples)).not.toContain('planted');
  });
});

describe('the log', () => {
  it('has one line a request, with what matters', async () => {
    simulator.enqueue(stream(text('a'), goodEnd()));
    const requestId = (await post(gateway, QUESTION)).headers.get('request-id');
    await eventually(() => gateway.logs.some((line) => line.requestId === requestId && line.msg === 'request'));
    const lines = gateway.logs.filter((line) => line.requestId === requestId && line.level === 'info');
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'request',
        method: 'POST',
        path: '/v1/messages',
        status: 200,
        model: 'claude-sonnet-5',
        account: expect.any(String),
        attempts: 1,
        durationMs: expect.any(Number),
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        stopReason: 'end_turn',
      }),
    ]);
  });

  it('and the database hold no secret and no content, at any level', async () => {
    const planted = 'planted-prompt-4711';
    simulator.enqueue(stream(text('planted-answer-4712'), goodEnd()));
    await post(gateway, { ...QUESTION, system: planted, messages: [{ role: 'user', content: planted }] });
    await post(gateway, { ...QUESTION, messages: [{ role: 'user', content: [{ type: planted }] }] });
    const quoting = `Value '${planted}' failed to satisfy constraint`;
    simulator.enqueue(failure(400, 'ValidationException', quoting, `REASON ${planted}`));
    await post(gateway, QUESTION);
    simulator.enqueue(stream(text('a'), { exception: 'validationError', payload: { message: quoting } }));
    await streamed(gateway);
    await fetch(`${gateway.url}/v1/messages?key=${planted}`, { headers: { 'x-api-key': planted } });
    const secrets = [planted, 'planted-answer-4712', ADMIN_KEY];
    for (const account of simulator.accounts) {
      secrets.push(account.refreshToken, account.clientSecret, account.accessToken ?? planted);
    }
    const log = JSON.stringify(gateway.logs);
    const path = gateway.app.get(Configuration).settings.DATABASE_PATH;
    const database = Buffer.concat([await readFile(path), await readFile(`${path}-wal`)]).toString('latin1');
    for (const secret of secrets) {
      expect(log).not.toContain(secret);
      expect(database).not.toContain(secret);
    }
  });
});
