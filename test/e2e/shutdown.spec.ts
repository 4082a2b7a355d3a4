import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { Draining } from '../../src/platform/draining.js';
import { eventually, post, QUESTION, readEvents, textOf } from '../support/ask.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(() => simulator.close());

/** An answer that takes long enough to be there when something else happens. */
const slow = stream(text('done'), pause(500), goodEnd());

describe('a gateway that is told to stop', () => {
  it('lets running streams finish within the grace, and takes nothing new', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 10 });
    simulator.enqueue(stream(text('before'), pause(500), text(' after'), goodEnd()));
    const response = await post(gateway, { ...QUESTION, stream: true });
    const closing = gateway.close();
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
    const events = await readEvents(response);
    expect(textOf(events)).toBe('before after');
    expect(events.at(-1)?.type).toBe('message_stop');
    await closing;
  });

  it('sends the last byte of an answer that is complete, however slowly its client reads', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 10 });
    const piece = 'x'.repeat(64 * 1024);
    simulator.enqueue(
      stream(
        Array.from({ length: 300 }, () => text(piece)),
        goodEnd(),
      ),
    );
    const response = await post(gateway, QUESTION);
    const closing = gateway.close();
    let length = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length < 2_000_000) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(length).toBeGreaterThan(300 * piece.length);
    await closing;
  });

  it('does not wait for a request that never becomes whole', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 1 });
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // An answer in front of the half request says that the connection is up and being read.
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    socket.write('POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await gateway.close();
    await closed;
  });

  it('ends what is left after the grace with an honest error, and logs it', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 0 });
    simulator.enqueue(stream(text('before'), pause(30_000), text(' after')));
    const response = await post(gateway, { ...QUESTION, stream: true });
    const closing = gateway.close();
    const events = await readEvents(response);
    expect(textOf(events)).toBe('before');
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
    await closing;
    await eventually(() => simulator.openStreams === 0);
    const line = gateway.logs.find((each) => each.msg === 'request' && each.path === '/v1/messages');
    expect(line).toMatchObject({ streamError: 'unavailable', status: 200, account: expect.any(String) });
  });

  it.each([
    ['anthropic', '/v1/messages', QUESTION, /event: error\ndata: .*"overloaded_error"/],
    [
      'openai_chat',
      '/v1/chat/completions',
      { messages: QUESTION.messages },
      /data: \{"error":\{"message":"The gateway is/,
    ],
    ['openai_responses', '/v1/responses', { input: 'Hello' }, /"type":"response.failed".*"message":"The gateway is/],
  ])('tells a client of %s so in the words of its protocol, and counts it', async (protocol, path, body, told) => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 0 });
    simulator.enqueue(stream(text('before'), pause(30_000)));
    const response = await post(gateway, { ...body, model: QUESTION.model, stream: true }, { path });
    const metrics = gateway.app.get(Metrics);
    const closing = gateway.close();
    const received = await response.text();
    expect(received).toContain('before');
    expect(received.trimEnd().split('\n\n').slice(-2).join('\n\n')).toMatch(told);
    await closing;
    expect(await metrics.registry.metrics()).toContain(
      `amq_gateway_requests_total{protocol="${protocol}",outcome="error"} 1`,
    );
  });

  it('sends clients to another replica with each answer, while it still serves', async () => {
    const gateway = await startGateway(simulator);
    simulator.enqueue(slow);
    const running = ask(gateway);
    await eventually(() => simulator.openStreams === 1);
    gateway.app.get(Draining).begin();
    expect((await ask(gateway)).headers.connection).toBe('close');
    expect((await ask(gateway, '/health/ready')).statusCode).toBe(503);
    expect((await ask(gateway, '/health/live')).statusCode).toBe(200);
    const { statusCode, headers } = await running;
    expect([statusCode, headers.connection]).toEqual([200, 'close']);
    await gateway.close();
  });

  it('serves the last request of a connection that was kept alive', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 10 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(gateway, '/v1/messages', agent)).headers.connection).toBe('keep-alive');
    simulator.enqueue(slow);
    const holding = post(gateway, QUESTION);
    await eventually(() => simulator.openStreams === 1);
    const closing = gateway.close();
    const { statusCode, headers } = await ask(gateway, '/v1/messages', agent);
    expect([statusCode, headers.connection]).toEqual([200, 'close']);
    expect((await holding).status).toBe(200);
    await closing;
  });

  it('serves a request that was still on its way when listening ended', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 10 });
    const uploading = open(gateway);
    const answer = once(uploading, 'response');
    uploading.write('{"model":"claude-sonnet-5","max_tokens":10,');
    await eventually(() => gateway.app.get(Draining).open === 1);
    const closing = gateway.close();
    uploading.end('"messages":[{"role":"user","content":"Hello"}]}');
    const [response] = (await answer) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    await closing;
  });

  it('waits no longer when it is told so a second time', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 1000 });
    simulator.enqueue(stream(text('before'), pause(30_000)));
    const response = await post(gateway, { ...QUESTION, stream: true });
    const closing = gateway.close();
    gateway.app.get(Draining).hurryUp();
    expect((await readEvents(response)).at(-1)).toMatchObject({ type: 'error' });
    await closing;
  });

  it('ends those who listen to events at once: they listen to another replica then', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 1000 });
    const events = await fetch(`${gateway.url}/v2/events`, { headers: { 'x-api-key': ADMIN_KEY } });
    const closing = gateway.close();
    await events.text();
    await closing;
  });
});

function open({ url }: RunningGateway, path = '/v1/messages', agent?: Agent) {
  const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
  return request(url + path, { method: path.startsWith('/v1') ? 'POST' : 'GET', headers, agent });
}

/** Asks on a connection that would be kept, and reads the answer to its end. */
async function ask(gateway: RunningGateway, path?: string, agent?: Agent): Promise<IncomingMessage> {
  const asking = open(gateway, path, agent ?? new Agent({ keepAlive: true }));
  asking.end(path?.startsWith('/health') ? undefined : JSON.stringify(QUESTION));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}
