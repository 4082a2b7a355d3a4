import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { samplesOf, totalOf } from '../../test/support/read-metrics.js';
import type { EndedRequest } from '../platform/logging/ended-request.js';
import type { RequestFacts } from '../platform/logging/request-context.js';
import type { AccountStanding } from './instruments/account-instruments.js';
import { Metrics } from './metrics.service.js';

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics();
});

const samples = async () => samplesOf(await metrics.registry.metrics());

/** A request that was answered, but for what is said otherwise. */
function ended(facts: RequestFacts = {}, request: Partial<EndedRequest> = {}): void {
  metrics.requestEnded({
    requestId: 'req_1',
    protocol: 'anthropic',
    method: 'POST',
    path: '/v1/messages',
    userAgent: undefined,
    status: 200,
    outcome: 'success',
    durationMs: 1_500,
    endedAt: 0,
    facts: { apiKey: 'key', account: 'one', attempts: 1, upstreamModel: 'claude-x', ...facts },
    ...request,
  });
}

describe('Metrics', () => {
  it('has every series of a closed list from the start', async () => {
    const start = await samples();
    const seriesOf = (name: string) => start.filter((sample) => sample.name === name);
    const counts = {
      amq_gateway_requests_total: 6 * 3,
      amq_gateway_request_errors_total: 6 * 22,
      amq_gateway_request_seconds_count: 3 * 3,
      amq_gateway_time_to_first_token_seconds_count: 3,
      amq_gateway_open_streams: 3,
      amq_gateway_attempts_per_request_count: 3,
      amq_gateway_tokens_total: 5,
      amq_gateway_cost_usd_total: 1,
      amq_gateway_credits_total: 1,
      amq_gateway_probes_total: 10,
      amq_gateway_token_renewals_total: 3,
      amq_gateway_key_refusals_total: 6,
      amq_gateway_auth_failures_total: 7,
      amq_gateway_unstored_responses_total: 4,
    };
    for (const [name, count] of Object.entries(counts)) {
      expect([name, seriesOf(name).length]).toEqual([name, count]);
      expect([name, totalOf(start, name)]).toEqual([name, 0]);
    }
  });

  it('counts what an answer took, by a model that an account lists', async () => {
    metrics.readListedModels((model) => model === 'claude-x');
    const facts = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, reasoningTokens: 1 };
    ended({ ...facts, cost: 0.25, credits: 0.5, firstTokenMs: 700 });
    ended({ inputTokens: 1, upstreamModel: 'invented' });
    const counted = await samples();
    const tokens = (direction: string, model: string) =>
      totalOf(counted, 'amq_gateway_tokens_total', { direction, model });
    const directions = ['input', 'output', 'cache_read', 'cache_write', 'reasoning'];
    expect(directions.map((direction) => tokens(direction, 'claude-x'))).toEqual([10, 5, 3, 2, 1]);
    expect(directions.map((direction) => tokens(direction, 'other'))).toEqual([1, 0, 0, 0, 0]);
    expect(totalOf(counted, 'amq_gateway_cost_usd_total', { model: 'claude-x' })).toBe(0.25);
    expect(totalOf(counted, 'amq_gateway_credits_total', { model: 'claude-x' })).toBe(0.5);
    const bucket = (le: string) =>
      totalOf(counted, 'amq_gateway_time_to_first_token_seconds_bucket', { protocol: 'anthropic', le });
    expect([bucket('0.5'), bucket('0.75'), bucket('+Inf')]).toEqual([0, 1, 1]);
    expect(totalOf(counted, 'amq_gateway_request_seconds_sum', { outcome: 'success' })).toBe(3);
  });

  it.each<[string, RequestFacts, Partial<EndedRequest>]>([
    ['counts of tokens', { firstTokenMs: 1, inputTokens: 7 }, { path: '/v1/messages/count_tokens' }],
    ['requests of an unknown key', { apiKey: undefined, inputTokens: 7 }, {}],
    ['requests of a key that is over', { authFailure: 'expired', inputTokens: 7 }, { status: 401 }],
    ['requests that read', { inputTokens: 7 }, { method: 'GET' }],
    ['admin requests', { inputTokens: 7 }, { protocol: 'admin', path: '/v2/usage/summary' }],
  ])('leaves %s out of what models answered', async (_name, facts, request) => {
    ended(facts, request);
    const counted = await samples();
    expect(totalOf(counted, 'amq_gateway_tokens_total')).toBe(0);
    expect(totalOf(counted, 'amq_gateway_request_seconds_count')).toBe(0);
    expect(totalOf(counted, 'amq_gateway_time_to_first_token_seconds_count')).toBe(0);
    expect(totalOf(counted, 'amq_gateway_requests_total')).toBe(1);
  });

  it('takes the time of what it answered by itself, and no tokens', async () => {
    ended({ account: undefined, attempts: undefined, inputTokens: 7 });
    const counted = await samples();
    expect(totalOf(counted, 'amq_gateway_request_seconds_count')).toBe(1);
    expect(totalOf(counted, 'amq_gateway_tokens_total')).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('is not spoilt by %p of an endpoint', async (amount) => {
    ended({ inputTokens: amount, cost: amount, credits: amount });
    ended({ inputTokens: 2 });
    const counted = await samples();
    expect(totalOf(counted, 'amq_gateway_tokens_total')).toBe(2);
    expect(totalOf(counted, 'amq_gateway_cost_usd_total')).toBe(0);
    expect(totalOf(counted, 'amq_gateway_credits_total')).toBe(0);
  });

  it('tells a hundred models apart, however many accounts list, and keeps one whose list is gone', async () => {
    let isListed = true;
    metrics.readListedModels(() => isListed);
    for (let number = 0; number < 150; number++) ended({ inputTokens: 1, upstreamModel: `model-${number}` });
    isListed = false;
    ended({ inputTokens: 1, upstreamModel: 'model-0' });
    const counted = await samples();
    const models = new Set(
      counted.filter(({ name }) => name === 'amq_gateway_cost_usd_total').map(({ labels }) => labels.model),
    );
    expect(models.size).toBe(101);
    expect(totalOf(counted, 'amq_gateway_tokens_total', { model: 'model-0' })).toBe(2);
    expect(totalOf(counted, 'amq_gateway_tokens_total', { model: 'other' })).toBe(50);
  });

  it('names the error that a client was told, the one in its stream first', async () => {
    ended({ errorKind: 'rate_limit' }, { outcome: 'error', status: 429 });
    ended({ streamError: 'upstream' }, { outcome: 'error' });
    ended({}, { outcome: 'error', status: 503, protocol: 'other', path: '/health', method: 'GET' });
    metrics.connectionRefused('openai');
    const counted = await samples();
    const errors = counted.filter(({ name, value }) => name === 'amq_gateway_request_errors_total' && value > 0);
    expect(errors.map(({ labels }) => [labels.protocol, labels.kind])).toEqual([
      ['anthropic', 'rate_limit'],
      ['anthropic', 'upstream'],
      ['openai', 'other'],
      ['other', 'other'],
    ]);
    expect(totalOf(counted, 'amq_gateway_requests_total', { outcome: 'error' })).toBe(4);
  });

  describe('of accounts', () => {
    const standing = (accountId: string): AccountStanding => ({
      accountId,
      status: 'active',
      isAvailable: true,
      breaker: 'closed',
    });
    let here: string[];

    beforeEach(() => {
      here = ['one', 'two'];
      metrics.readStandings({ statuses: ['active', 'suspended'], read: () => here.map(standing) });
    });

    it('are there from the start, with 0', async () => {
      const start = await samples();
      const series = start.filter(({ labels }) => labels.account_id === 'one');
      expect(series).toHaveLength(3 + 9 + 15 + 1 + 1 + 1 + 1);
      expect(series.filter(({ value }) => value !== 0).map(({ name }) => name)).toEqual(['amazonq_account_available']);
      expect(totalOf(start, 'amq_gateway_accounts', { status: 'active' })).toBe(2);
      expect(totalOf(start, 'amq_gateway_accounts', { status: 'suspended' })).toBe(0);
    });

    it('go with the account, once nothing runs on it', async () => {
      metrics.attemptStarted('one');
      here = ['two'];
      expect(totalOf(await samples(), 'amazonq_active_requests', { account_id: 'one' })).toBe(1);
      metrics.attemptEnded('one', 'error', 1, 'transient');
      expect((await samples()).filter(({ labels }) => labels.account_id === 'one')).toEqual([]);
      metrics.attemptEnded('gone', 'success', 1);
      here = ['one', 'two'];
      expect(totalOf(await samples(), 'amazonq_requests_total', { account_id: 'one' })).toBe(0);
    });

    it('do not pile up where accounts come and go and nobody reads', async () => {
      for (let number = 0; number < 3_000; number++) {
        metrics.attemptStarted(`account-${number}`);
        metrics.attemptEnded(`account-${number}`, 'success', 1);
      }
      const held = await metrics.registry.getSingleMetric('amazonq_active_requests')?.get();
      expect(held?.values.length).toBeLessThan(1_100);
    });

    it('are read by the thousand within 50 ms', async () => {
      here = Array.from({ length: 1_000 }, (_, index) => `account-${index}`);
      for (let reading = 0; reading < 2; reading++) await metrics.registry.metrics();
      const times: number[] = [];
      for (let reading = 0; reading < 5; reading++) {
        const before = process.cpuUsage();
        await metrics.registry.metrics();
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1_000);
      }
      expect(Math.min(...times)).toBeLessThan(50);
    });
  });

  it('has the figures of the process, as each gateway in it has', async () => {
    const other = samplesOf(await new Metrics().registry.metrics());
    for (const all of [await samples(), other])
      for (const name of [
        'process_cpu_seconds_total',
        'nodejs_heap_size_used_bytes',
        'nodejs_eventloop_lag_p99_seconds',
      ])
        expect([name, all.filter((sample) => sample.name === name).length]).toEqual([name, 1]);
  });

  it('tells how late the event loop was since it was asked last', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const until = performance.now() + 60;
      while (performance.now() < until);
      // The second one comes after the timers that are due.
      await setImmediate();
      await setImmediate();
    }
    expect(totalOf(await samples(), 'amq_gateway_event_loop_lag_seconds')).toBeGreaterThan(0.03);
  });
});
