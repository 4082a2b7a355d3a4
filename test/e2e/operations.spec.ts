import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Configuration } from '../../src/platform/config/configuration.js';
import { eventually, post, QUESTION, streamed } from '../support/ask.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

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
  it('have the promised names, counted by account and outcome', async () => {
    simulator.enqueue(stream(text('a'), goodEnd()), stream(text('a'), { reset: true }));
    await streamed(gateway);
    await streamed(gateway);
    const [account] = simulator.accounts;
    await eventually(async () => {
      const page = await (await get('/metrics')).text();
      return /amq_gateway_requests_total\{protocol="anthropic",outcome="error"\} 1/.test(page);
    });
    const page = (await (await get('/metrics')).text())
      .split('\n')
      .filter((line) => line.startsWith('am'))
      .join('\n');
    for (const line of [
      /^amazonq_requests_total\{account_id="[^"]+",status="success"\} 1$/m,
      /^amazonq_requests_total\{account_id="[^"]+",status="error"\} 1$/m,
      /^amazonq_errors_total\{account_id="[^"]+",error_type="transient"\} 1$/m,
      /^amazonq_response_seconds_count\{account_id="[^"]+"\} 1$/m,
      /^amazonq_active_requests\{account_id="[^"]+"\} 0$/m,
      new RegExp(`^amazonq_account_available\\{account_id="${account?.id}"\\} 1$`, 'm'),
      /^amq_gateway_requests_total\{protocol="anthropic",outcome="success"\} \d+$/m,
      /^amq_gateway_build_info\{version="[^"]+"\} 1$/m,
    ]) {
      expect(page).toMatch(line);
    }
  });

  it('want a key when METRICS_AUTH says so', async () => {
    const closed = await startGateway(simulator, { METRICS_AUTH: 'true' });
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${closed.url}/metrics`, { headers: { 'x-api-key': ADMIN_KEY } })).status).toBe(200);
    await closed.close();
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
