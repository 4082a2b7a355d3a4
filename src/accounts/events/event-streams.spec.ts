import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '../../platform/clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { parseAccountEvent } from './account-event.js';
import { AccountEvents } from './account-events.service.js';
import { EventStreams } from './event-streams.service.js';

const HOUR_MS = 3_600_000;

describe('EventStreams', () => {
  let streams: EventStreams;
  let server: Server;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const events = new AccountEvents(new MemoryStateStore(), new Clock());
    streams = new EventStreams(events, readConfiguration({}));
    server = createServer((_request, response) => streams.open(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    jest.useRealTimers();
    server.close();
    await once(server, 'close');
  });

  const listener = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const ended = once(socket, 'close');
    await once(socket, 'data');
    return { text: () => text, ended };
  };

  it('end each after an hour, so that its key is shown again', async () => {
    const { text, ended } = await listener();
    jest.advanceTimersByTime(HOUR_MS - 1);
    expect(streams.size).toBe(1);
    jest.advanceTimersByTime(1);
    await ended;
    expect(text()).toMatch(/event: ready.*: keep-alive.*\r\n0\r\n\r\n$/s);
    expect(streams.size).toBe(0);
  });

  it('keep nothing of a client that is gone before its stream begins', async () => {
    const gone = Promise.withResolvers<number>();
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      response.once('close', () => {
        streams.open(response);
        gone.resolve(streams.size);
      });
      request.socket.destroy();
    });
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await gone.promise).toBe(0);
  });

  it('take nobody any more once the service stops', async () => {
    const { ended } = await listener();
    streams.onModuleDestroy();
    await ended;
    expect(() => streams.open({} as never)).toThrow('The gateway is shutting down.');
  });
});

describe('an event of an account', () => {
  it.each(['', 'null', '[]', '{"type":"account.weather"}', '{"type":"account.status","accountId":"one"}'])(
    'is not read from %j',
    (text) => {
      expect(parseAccountEvent(text)).toBeUndefined();
    },
  );
});
