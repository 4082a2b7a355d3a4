import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, post, QUESTION, readEvents, textOf } from '../support/ask.js';
import { startGateway } from '../support/start-gateway.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(() => simulator.close());

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
});
