import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { AnswerRunner } from '../../src/proxy/reply/answer-runner.js';
import { eventually, post, QUESTION, readEvents, streamed, textOf } from '../support/ask.js';
import { memoryInUse } from '../support/memory-in-use.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, {
    STREAM_PING_INTERVAL: 1,
    UPSTREAM_IDLE_TIMEOUT: 2,
    UPSTREAM_FIRST_BYTE_TIMEOUT: 1,
  });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const cancelledAttempts = async () => {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^amazonq_requests_total\{.*status="cancelled"\} (\d+)$/m.exec(page)?.[1] ?? 0);
};

/** Nothing of an answer is left anywhere. */
async function everythingIsReleased({ app } = gateway): Promise<void> {
  await eventually(
    () => simulator.openStreams === 0 && app.get(AnswerRunner).running === 0 && app.get(Pool).totalInFlight() === 0,
  );
}

const metric = async (line: string) => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((each) => each.startsWith(line))
      ?.split(' ')
      .at(-1) ?? 0,
  );
};

describe('a streamed answer', () => {
  it('carries pings while upstream is silent', async () => {
    simulator.enqueue(stream(text('before'), pause(1500), text(' after'), goodEnd()));
    const events = await streamed(gateway);
    expect(events.map((event) => event.type)).toContain('ping');
    expect(textOf(events)).toBe('before after');
    expect(events.at(-1)?.type).toBe('message_stop');
  });

  it('has the headers of a stream, and says who served it', async () => {
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'request-id': expect.stringMatching(/^req_/),
      'x-amq-account': expect.any(String),
      'x-amq-attempts': '1',
    });
    expect(response.headers.get('x-powered-by')).toBeNull();
    await response.text();
  });

  it('ends with an error when upstream falls silent for too long', async () => {
    simulator.enqueue(stream(text('before'), pause(10_000)));
    const events = await streamed(gateway);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'timeout_error' } });
    await everythingIsReleased();
  });

  it('is refused with a status of its own when upstream does not begin', async () => {
    simulator.enqueue({ kind: 'silence' });
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { type: 'timeout_error' } });
    await everythingIsReleased();
  });

  it('aborts upstream when the client hangs up, before the first event and after it', async () => {
    const cancelled = await metric('amq_gateway_requests_total{protocol="anthropic",outcome="cancelled"}');
    const attempts = await cancelledAttempts();
    for (const answer of [stream(pause(10_000), text('late')), stream(text('early'), pause(10_000))]) {
      simulator.enqueue(answer);
      const client = new AbortController();
      const asking = post(gateway, { ...QUESTION, stream: true }, { signal: client.signal });
      await eventually(() => simulator.openStreams === 1);
      if (answer.events.length === 2 && 'type' in (answer.events[0] as object)) await asking;
      client.abort();
      await asking.catch(() => undefined);
      await everythingIsReleased();
      expect(simulator.requests.at(-1)).toMatchObject({ aborted: true });
    }
    await eventually(
      async () =>
        (await metric('amq_gateway_requests_total{protocol="anthropic",outcome="cancelled"}')) === cancelled + 2,
    );
    expect(await cancelledAttempts()).toBe(attempts + 2);
    // What the one that began has cost is in its log line all the same.
    const lines = gateway.logs.filter((line) => line.msg === 'request' && line.outcome === 'cancelled');
    expect(lines.at(-1)).toMatchObject({
      account: expect.any(String),
      inputTokens: expect.any(Number),
      firstEventMs: expect.any(Number),
    });
  });

  it('leaves no lease behind when the client hangs up while the account is still being chosen', async () => {
    const own = await Simulator.start();
    const [slow] = [own.addAccount({ id: 'slow', latencyMs: 600 })];
    const fresh = await startGateway(own, {
      accounts: 0,
      AMAZONQ_REFRESH_TOKEN: slow.refreshToken,
      AMAZONQ_CLIENT_ID: slow.clientId,
      AMAZONQ_CLIENT_SECRET: slow.clientSecret,
    });
    const client = new AbortController();
    const asking = post(fresh, { ...QUESTION, stream: true }, { signal: client.signal });
    await eventually(() => fresh.app.get(AnswerRunner).running === 1);
    client.abort();
    await asking.catch(() => undefined);
    // The list of models comes now, and with it the lease nobody waits for.
    await eventually(() => own.requests.some((each) => each.operation === 'ListAvailableModels' && each.finished));
    await eventually(() => fresh.app.get(AnswerRunner).running === 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fresh.app.get(Pool).totalInFlight()).toBe(0);
    expect(own.requests.some((each) => each.operation === 'GenerateAssistantResponse')).toBe(false);
    await fresh.close();
    await own.close();
  });

  it('aborts upstream when the client of a JSON answer hangs up', async () => {
    simulator.enqueue(stream(text('early'), pause(10_000)));
    const client = new AbortController();
    const asking = post(gateway, QUESTION, { signal: client.signal });
    await eventually(() => simulator.openStreams === 1);
    client.abort();
    await expect(asking).rejects.toThrow();
    await everythingIsReleased();
  });

  it('is held back upstream while its client does not read, arrives whole when it reads on', async () => {
    const piece = 'x'.repeat(64 * 1024);
    const pieces = 400; // 26 MB: far more than sockets buffer
    simulator.enqueue(
      stream(
        Array.from({ length: pieces }, () => text(piece)),
        goodEnd(),
      ),
    );
    // Patient: on a busy machine a client that reads may be slow too.
    const patient = await startGateway(simulator);
    const before = memoryInUse();
    const response = await post(patient, { ...QUESTION, stream: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(simulator.openStreams).toBe(1);
    expect(memoryInUse() - before).toBeLessThan(64 * 1024 * 1024);
    expect(textOf(await readEvents(response))).toHaveLength(piece.length * pieces);
    await everythingIsReleased(patient);
    await patient.close();
  });

  it.each([
    ['a stream', true, 400],
    ['a stream that upstream has finished', true, 62],
    ['a JSON answer', false, 400],
  ])('drops a client that never reads %s', async (_what, streaming, pieces) => {
    const piece = 'x'.repeat(64 * 1024);
    simulator.enqueue(
      stream(
        Array.from({ length: pieces }, () => text(piece)),
        goodEnd(),
      ),
    );
    const { port, hostname } = new URL(gateway.url);
    const body = JSON.stringify({ ...QUESTION, stream: streaming });
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await eventually(() => gateway.app.get(AnswerRunner).running === 1);
    // The stall limit is UPSTREAM_IDLE_TIMEOUT, two seconds here; a last write may begin it anew.
    await everythingIsReleased();
    socket.destroy();
  });
});
