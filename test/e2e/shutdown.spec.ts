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
