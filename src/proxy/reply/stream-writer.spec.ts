import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { GatewayError } from '../../core/errors.js';
import { Flow } from '../../core/messages/flow.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { StreamWriter } from './stream-writer.js';

/** The few members of a response that the writer touches; `full` makes it behave like a slow client's. */
class FakeResponse extends EventEmitter {
  written: string[] = [];
  status: number | undefined;
  ended = false;
  destroyed = false;
  full = false;
  timeout: number | undefined;
  get writableEnded() {
    return this.ended;
  }
  get writableNeedDrain() {
    return this.full;
  }
  writeHead(status: number) {
    this.status = status;
  }
  write(text: string) {
    this.written.push(text);
    return !this.full;
  }
  end() {
    this.ended = true;
  }
  destroy() {
    this.destroyed = true;
  }
  setTimeout(milliseconds: number) {
    this.timeout = milliseconds;
  }
}

const codec = {
  ping: '<ping>',
  push: (event: MessagesEvent) => `<${event.type}>`,
  fail: (error: GatewayError) => `<!${error.kind}>`,
};
const stop: MessagesEvent = { type: 'message_stop' };

function setUp() {
  const response = new FakeResponse();
  const flow = new Flow();
  const source = { pause: jest.fn(), resume: jest.fn() };
  flow.attach(source);
  const writer = new StreamWriter(response as unknown as ServerResponse, codec, flow, {
    ping: 15_000,
    status: 10_000,
    stall: 60_000,
  });
  return { response, source, writer };
}

describe('StreamWriter', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const tick = () => jest.runAllTicks();

  it('writes the events of one go as one write', () => {
    const { response, writer } = setUp();
    writer.event(stop);
    writer.event(stop);
    expect(response.written).toEqual([]);
    tick();
    expect(response.written).toEqual(['<message_stop><message_stop>']);
    expect(response.status).toBe(200);
    writer.dispose();
  });

  it('waits ten seconds for the first event before it tells a status, then begins with a ping', () => {
    const { response, writer } = setUp();
    jest.advanceTimersByTime(9_999);
    expect(response.status).toBeUndefined();
    expect(writer.hasBegun).toBe(false);
    jest.advanceTimersByTime(1);
    tick();
    expect(response.status).toBe(200);
    expect(response.written).toEqual(['<ping>']);
    writer.dispose();
  });

  it('pings after each 15 s of silence, and not while it writes', () => {
    const { response, writer } = setUp();
    writer.event(stop);
    tick();
    jest.advanceTimersByTime(10_000);
    writer.event(stop);
    tick();
    jest.advanceTimersByTime(14_999);
    expect(response.written).toHaveLength(2);
    jest.advanceTimersByTime(1);
    tick();
    expect(response.written.at(-1)).toBe('<ping>');
    jest.advanceTimersByTime(15_000);
    tick();
    expect(response.written.filter((text) => text === '<ping>')).toHaveLength(2);
    writer.dispose();
  });

  it('holds upstream back while the client does not read, and sends it no pings', () => {
    const { response, source, writer } = setUp();
    response.full = true;
    writer.event(stop);
    tick();
    expect(source.pause).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(30_000);
    tick();
    expect(response.written).toHaveLength(1);
    response.full = false;
    response.emit('drain');
    expect(source.resume).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(60_000);
    expect(response.destroyed).toBe(false);
    writer.dispose();
  });

  it('drops a client that takes nothing for the stall time', () => {
    const { response, writer } = setUp();
    response.full = true;
    writer.event(stop);
    tick();
    jest.advanceTimersByTime(59_999);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
    writer.dispose();
  });

  it('tells a failure after what was sent, then ends', () => {
    const { response, writer } = setUp();
    writer.event(stop);
    writer.fail(new GatewayError('upstream', 'broke'));
    expect(response.written).toEqual(['<message_stop><!upstream>']);
    expect(response.ended).toBe(true);
    expect(response.timeout).toBe(60_000);
    tick();
    expect(response.written).toHaveLength(1);
    writer.dispose();
  });

  it('leaves no timer behind', () => {
    const { writer } = setUp();
    writer.event(stop);
    tick();
    writer.dispose();
    expect(jest.getTimerCount()).toBe(0);
  });
});
