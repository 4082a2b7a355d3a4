import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Tracing } from '../../src/platform/telemetry/tracing.js';
import { eventually, post, QUESTION, readEvents } from '../support/ask.js';
import { postChat } from '../support/ask-chat.js';
import { postResponses } from '../support/ask-responses.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type CollectedSpan, TraceCollector } from '../support/trace-collector.js';

const PLANTED = 'planted-content-4713';
const COLLECTOR_SECRET = 'planted-secret-of-the-collector';
const MODEL = 'claude-sonnet-5';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

let simulator: Simulator;
let collector: TraceCollector;

beforeAll(async () => {
  simulator = await Simulator.start();
  collector = await TraceCollector.start();
});
afterAll(async () => {
  await collector.close();
  await simulator.close();
});

const settings = (more: Record<string, string | number> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base/`,
  OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${COLLECTOR_SECRET}`,
  OTEL_SERVICE_NAME: 'gateway-under-test',
  ...more,
});
const idOf = (response: Response) => response.headers.get('request-id') ?? response.headers.get('x-request-id');
const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

/** Spans of a request, once its own is there; the others ended before it. */
async function spansOf(gateway: RunningGateway, requestId: string | null): Promise<CollectedSpan[]> {
  await eventually(async () => {
    await gateway.app.get(Tracing).flush();
    return collector.of(requestId).length > 0;
  });
  return collector.of(requestId);
}

const asked = async (gateway: RunningGateway, times: number) => {
  for (let count = 0; count < times; count++) expect((await post(gateway, QUESTION)).status).toBe(200);
};
const complaints = (gateway: RunningGateway) => gateway.logs.filter(({ context }) => context === 'Tracing');

// First: what they began to send is given up some seconds later.
describe('a collector that fails', () => {
  it('because it is gone, or because it never answers, keeps no request and no end waiting, and costs one line', async () => {
    const gone = await TraceCollector.start();
    await gone.close();
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const urls = [`http://127.0.0.1:${gone.port}`, `http://127.0.0.1:${port}`];
    await Promise.all(
      urls.map(async (url) => {
        const gateway = await startGateway(simulator, settings({ OTEL_EXPORTER_OTLP_ENDPOINT: url }));
        await asked(gateway, 20);
        const began = performance.now();
        await gateway.close();
        expect(performance.now() - began).toBeLessThan(4_000);
        // Both write where the last of them was told to.
        expect(complaints(gateway).length).toBeLessThanOrEqual(urls.length);
      }),
    );
    silent.close();
  });
});

describe('a traced request', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway(simulator, { accounts: 2, LOG_LEVEL: 'trace', ...settings() });
  });
  afterAll(() => gateway.close());

  const logLine = (requestId: string | null) =>
    gateway.logs.find((line) => line.requestId === requestId && line.msg === 'request');

  it('is a tree: request, admission and attempt, call of the model', async () => {
    simulator.enqueue(stream(text(PLANTED), goodEnd({ uncachedInputTokens: 30, cacheReadInputTokens: 12 })));
    const response = await post(gateway, { ...QUESTION, stream: true, system: PLANTED });
    await readEvents(response);
    const requestId = idOf(response);
    const spans = await spansOf(gateway, requestId);
    const [request] = named(spans, 'POST /v1/messages');
    const [admission] = named(spans, 'admission');
    const [attempt] = named(spans, 'attempt');
    const [call] = named(spans, `chat ${MODEL}`);
    const account = response.headers.get('x-amq-account');
    expect(spans).toHaveLength(4);
    expect([request?.parentSpanId, admission?.parentSpanId, attempt?.parentSpanId, call?.parentSpanId]).toEqual([
      undefined,
      request?.spanId,
      request?.spanId,
      attempt?.spanId,
    ]);
    expect([request?.kind, admission?.kind, attempt?.kind, call?.kind]).toEqual([2, 1, 1, 3]);
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/messages',
      'http.response.status_code': 200,
      'amq_gateway.request_id': requestId,
      'amq_gateway.api_key.id': logLine(requestId)?.apiKey,
      'amq_gateway.outcome': 'success',
    });
    expect(attempt).toMatchObject({
      attributes: { 'amq_gateway.account.id': account, 'amq_gateway.attempt.number': 1, 'amq_gateway.model': MODEL },
      events: ['account_leased'],
    });
    expect(call?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.q',
      'gen_ai.request.model': MODEL,
      'gen_ai.request.stream': true,
      'gen_ai.response.model': MODEL,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.input_tokens': 42,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 12,
      'gen_ai.usage.cache_creation.input_tokens': expect.any(Number),
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(simulator.url).port),
      'amq_gateway.account.id': account,
      'amq_gateway.credits': 0.01,
      'amq_gateway.outcome': 'success',
    });
    expect(call?.events).toEqual(['first_token']);
    expect(logLine(requestId)?.traceId).toBe(request?.traceId);
    expect(collector.resources).toContainEqual(
      expect.objectContaining({ 'service.name': 'gateway-under-test', 'service.version': expect.any(String) }),
    );
    expect(collector.requests[0]).toMatchObject({
      path: '/base/v1/traces',
      headers: { 'x-collector-key': COLLECTOR_SECRET },
    });
  });

  it.each([
    ['Chat Completions', () => postChat(gateway), 'POST /v1/chat/completions'],
    ['Responses', () => postResponses(gateway, { model: MODEL, input: PLANTED }), 'POST /v1/responses'],
  ])('of %s looks the same', async (_api, ask, name) => {
    const response = await ask();
    await response.text();
    const spans = await spansOf(gateway, idOf(response));
    expect(spans.map((span) => span.name).sort()).toEqual([name, 'admission', 'attempt', `chat ${MODEL}`].sort());
  });

  it('has an attempt for each account, and says why one failed', async () => {
    simulator.enqueue(failure(429, 'ThrottlingException', PLANTED), stream(text('a'), goodEnd()));
    const response = await post(gateway, QUESTION);
    await response.text();
    const spans = await spansOf(gateway, idOf(response));
    const attempts = named(spans, 'attempt');
    expect(attempts.map(({ attributes, status }) => [attributes['amq_gateway.attempt.number'], status])).toEqual([
      [1, 2],
      [2, 0],
    ]);
    expect(attempts[0]?.attributes['error.type']).toBe('rate_limit');
    expect(named(spans, `chat ${MODEL}`)[0]).toMatchObject({ status: 2, attributes: { 'error.type': 'rate_limit' } });
    expect(new Set(attempts.map(({ attributes }) => attributes['amq_gateway.account.id'])).size).toBe(2);
  });

  it('has its own spans only, however many are served at once and fail over', async () => {
    simulator.enqueue(...Array.from({ length: 12 }, () => failure(429, 'ThrottlingException', 'slow down')));
    const responses = await Promise.all(
      Array.from({ length: 24 }, (_, index) => post(gateway, { ...QUESTION, stream: index % 2 === 0 })),
    );
    await Promise.all(responses.map((response) => response.text()));
    let attempts = 0;
    for (const response of responses) {
      const spans = await spansOf(gateway, idOf(response));
      const [request] = named(spans, 'POST /v1/messages');
      // The last one may have found no account.
      const ownAttempts = named(spans, 'attempt').filter(({ attributes }) => attributes['amq_gateway.account.id']);
      attempts += ownAttempts.length;
      expect(ownAttempts.map(({ parentSpanId }) => parentSpanId)).toEqual(ownAttempts.map(() => request?.spanId));
      expect(ownAttempts).toHaveLength(Number(logLine(idOf(response))?.attempts));
      const parents = named(spans, `chat ${MODEL}`).map(({ parentSpanId }) => parentSpanId);
      expect(parents.every((parent) => ownAttempts.some(({ spanId }) => spanId === parent))).toBe(true);
    }
    expect(attempts).toBeGreaterThan(responses.length);
  });

  it('that its client gave up is cancelled all the way', async () => {
    simulator.enqueue(stream(text('a'), pause(60_000), goodEnd()));
    const gone = new AbortController();
    const response = await post(gateway, { ...QUESTION, stream: true }, { signal: gone.signal });
    await response.body?.getReader().read();
    gone.abort();
    const spans = await spansOf(gateway, idOf(response));
    const outcomes = spans.map((span) => [span.name, span.attributes['amq_gateway.outcome']]);
    expect(Object.fromEntries(outcomes)).toEqual({
      'POST /v1/messages': 'cancelled',
      admission: 'success',
      attempt: 'cancelled',
      [`chat ${MODEL}`]: 'cancelled',
    });
  });

  it('that broke off in the middle is an error all the way', async () => {
    simulator.enqueue(stream(text('a'), { reset: true }));
    const response = await post(gateway, { ...QUESTION, stream: true });
    await response.text();
    const spans = await spansOf(gateway, idOf(response));
    const failed = spans.filter(({ status }) => status === 2).map((span) => [span.name, span.attributes['error.type']]);
    expect(failed.sort()).toEqual([
      ['POST /v1/messages', 'upstream'],
      ['attempt', 'transient'],
      [`chat ${MODEL}`, 'transient'],
    ]);
  });

  it('that was wrong is no failure of the gateway', async () => {
    const response = await post(gateway, { ...QUESTION, max_tokens: PLANTED });
    const [request] = named(await spansOf(gateway, idOf(response)), 'POST /v1/messages');
    expect(request).toMatchObject({
      status: 0,
      attributes: { 'http.response.status_code': 400, 'error.type': 'invalid_request', 'amq_gateway.outcome': 'error' },
    });
    const nowhere = await post(gateway, {}, { path: `/v1/${PLANTED.slice(0, 7)}` });
    const [unknown] = await spansOf(gateway, idOf(nowhere));
    expect(unknown?.name).toBe('POST');
  });

  it('goes on with the trace of its client, or stays out of it, and tells upstream nothing', async () => {
    const traced = await post(gateway, QUESTION, { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } });
    const spans = await spansOf(gateway, idOf(traced));
    expect(named(spans, 'POST /v1/messages')[0]).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    const { requests } = simulator;
    expect(requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(requests.map(({ headers }) => headers))).not.toMatch(/traceparent|tracestate|4bf92f35/);

    const untraced = await post(gateway, QUESTION, { headers: { traceparent: `00-${TRACE}-${CALLER}-00` } });
    await untraced.text();
    const next = await post(gateway, QUESTION, { headers: { traceparent: 'nonsense' } });
    await spansOf(gateway, idOf(next));
    expect(collector.of(idOf(untraced))).toEqual([]);
    expect(logLine(idOf(untraced))?.traceId).toBeUndefined();
  });

  it('is no probe and no scrape', async () => {
    await fetch(`${gateway.url}/health`);
    await fetch(`${gateway.url}/metrics`);
    const next = await post(gateway, QUESTION);
    await spansOf(gateway, idOf(next));
    expect(collector.spans.filter(({ name }) => /health|metrics|^GET/.test(name))).toEqual([]);
  });

  it('carries no content and no secret', () => {
    const exported = collector.requests.map(({ body }) => body).join('\n');
    expect(exported).toContain(MODEL);
    const tokens = simulator.accounts.flatMap(({ refreshToken, clientSecret, accessToken }) => [
      refreshToken,
      clientSecret,
      accessToken ?? PLANTED,
    ]);
    for (const secret of [PLANTED, ADMIN_KEY, COLLECTOR_SECRET, ...tokens]) expect(exported).not.toContain(secret);
    expect(JSON.stringify(gateway.logs)).not.toContain(COLLECTOR_SECRET);
  });
});

describe('a traced request to an endpoint', () => {
  let gateway: RunningGateway;
  let endpoint: AnthropicEndpoint;

  beforeAll(async () => {
    endpoint = await AnthropicEndpoint.start({ key: 'sk-ant-planted-key', models: [MODEL] });
    gateway = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true', ...settings() });
    await addEndpoint(gateway, endpoint);
  });
  afterAll(async () => {
    await gateway.close();
    await endpoint.close();
  });

  it('has what was read along', async () => {
    endpoint.enqueue(streamOf(...textEvents(MODEL, ['a'])));
    const response = await post(gateway, { ...QUESTION, stream: true });
    await response.text();
    const [call] = named(await spansOf(gateway, idOf(response)), `chat ${MODEL}`);
    expect(call?.attributes).toMatchObject({
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': expect.any(Number),
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
  });

  it('says what the endpoint refused', async () => {
    endpoint.enqueue(errorOf(400, 'invalid_request_error', PLANTED));
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(400);
    const spans = await spansOf(gateway, idOf(response));
    expect(named(spans, `chat ${MODEL}`)[0]).toMatchObject({
      status: 2,
      attributes: { 'error.type': 'invalid_request' },
    });
  });
});

describe('a collector', () => {
  it('that takes nothing for a while is complained of once, and its return is told', async () => {
    const sour = await TraceCollector.start();
    sour.answer = (response) => response.writeHead(400, PLANTED).end(PLANTED);
    const gateway = await startGateway(simulator, settings({ OTEL_EXPORTER_OTLP_ENDPOINT: sour.url }));
    await asked(gateway, 3);
    await gateway.app.get(Tracing).flush();
    expect(complaints(gateway)).toHaveLength(1);
    sour.answer = undefined;
    await asked(gateway, 1);
    await eventually(async () => {
      await gateway.app.get(Tracing).flush();
      return complaints(gateway).length === 2;
    });
    expect(complaints(gateway).map(({ level }) => level)).toEqual(['warn', 'info']);
    await gateway.close();
    await sour.close();
  });

  it('gets what still waits when the gateway stops', async () => {
    const gateway = await startGateway(simulator, settings());
    const response = await post(gateway, QUESTION);
    await response.text();
    await gateway.close();
    expect(collector.of(idOf(response))).toHaveLength(4);
  });

  it('that nobody named is sent nothing', async () => {
    const gateway = await startGateway(simulator, {});
    await asked(gateway, 1);
    expect(gateway.logs.filter((line) => line.traceId !== undefined)).toEqual([]);
    await gateway.close();
  });

  it('gets the share of the requests that is asked for', async () => {
    const few = await TraceCollector.start();
    const gateway = await startGateway(
      simulator,
      settings({ OTEL_EXPORTER_OTLP_ENDPOINT: few.url, OTEL_TRACES_SAMPLER_ARG: 0 }),
    );
    await asked(gateway, 5);
    await gateway.close();
    expect(few.spans).toEqual([]);
    await few.close();
  });
});
