import { describe, expect, it } from '@jest/globals';
import { begin, end, text, thinking, toolUse } from '../../../../test/support/messages-events.js';
import { responseEvents } from '../../../../test/support/responses-answer.js';
import { GatewayError } from '../../errors.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { ResponsesStreamCodec } from './responses-stream-codec.js';

const KEEPALIVE = 'event: keepalive\ndata: {"type":"keepalive"}\n\n';

interface Frame {
  type: string;
  sequence_number: number;
}

/** An answer as it is written. */
function open() {
  const answer = responseEvents();
  const codec = new ResponsesStreamCodec(answer);
  const write = (events: readonly MessagesEvent[]) =>
    events.flatMap((event) => answer.push(event).map((each) => codec.push(each)));
  return { answer, codec, write };
}

/** @throws where a frame is not exactly one `event:` line, one `data:` line and an empty one */
function read(frames: string): Frame[] {
  return frames.split(/(?<=\n\n)/).map((frame) => {
    const [, name, data] = /^event: ([^\n]+)\ndata: ([^\n]+)\n\n$/.exec(frame) ?? [];
    const event: Frame = JSON.parse(data ?? '');
    if (event.type !== name) throw new Error(`${name} carries ${event.type}`);
    return event;
  });
}

describe('ResponsesStreamCodec', () => {
  it('writes each event under its own name, numbered from 0 without a gap', () => {
    const frames = read(
      open()
        .write([begin, ...text(0, 'a', 'b'), ...toolUse(1, 'f', '{}'), ...end('tool_use')])
        .join(''),
    );
    expect(frames.map(({ sequence_number }) => sequence_number)).toEqual(frames.map((_frame, index) => index));
    expect(frames.at(-1)?.type).toBe('response.completed');
  });

  it.each([
    ['plain', 'Hello'],
    ['what JSON escapes', '"a\\b"\n\t\u0000'],
    ['line separators and lone surrogates', '\u2028\ud83d'],
    ['other scripts', '世界 🙂'],
  ])('writes a text delta as JSON would: %s', (_what, piece) => {
    const [, , , , frame] = open().write([begin, ...text(0, piece)]);
    expect(read(frame ?? '')).toEqual([
      {
        type: 'response.output_text.delta',
        sequence_number: 4,
        item_id: 'msg_abc0000',
        output_index: 0,
        content_index: 0,
        delta: piece,
        logprobs: [],
      },
    ]);
  });

  it('names the message that a delta belongs to, in every message', () => {
    const frames = read(
      open()
        .write([begin, ...text(0, 'a'), ...text(1, 'b'), ...text(2, 'c')])
        .join(''),
    );
    const deltas = frames.filter(({ type }) => type === 'response.output_text.delta');
    expect(deltas).toMatchObject([
      { item_id: 'msg_abc0000', output_index: 0, delta: 'a' },
      { item_id: 'msg_abc0001', output_index: 1, delta: 'b' },
      { item_id: 'msg_abc0002', output_index: 2, delta: 'c' },
    ]);
  });

  it('sends nothing of an item that is for the store alone', () => {
    const { answer, codec } = open();
    const events = [begin, ...thinking(0, 'hm'), ...text(1, 'a')].flatMap((event) => answer.push(event));
    expect(JSON.stringify(events)).toContain('encrypted_content');
    expect(events.map((event) => codec.push(event)).join('')).not.toContain('encrypted_content');
  });

  it('keeps a silent stream alive with an event of its own, which has no number', () => {
    const { codec, write } = open();
    write([begin]);
    expect([codec.ping, codec.ping]).toEqual([KEEPALIVE, KEEPALIVE]);
    expect(read(write(text(0)).join(''))[0]).toMatchObject({ sequence_number: 2 });
  });

  it('begins the response where a client would hear a keepalive first, and begins it once', () => {
    const { codec, write } = open();
    expect(read(codec.ping).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    expect(codec.ping).toBe(KEEPALIVE);
    expect(write([begin])).toEqual([]);
    expect(read(write(text(0)).join(''))[0]).toMatchObject({ type: 'response.output_item.added', sequence_number: 2 });
  });

  it('ends a broken stream with the error inside its event, then the failed response, numbered on', () => {
    const { codec, write } = open();
    const written = write([begin, ...text(0, 'a').slice(0, -1)]);
    const frames = read(codec.fail(new GatewayError('upstream', 'It broke.')));
    expect(frames).toMatchObject([
      {
        type: 'error',
        sequence_number: written.length,
        error: { type: 'server_error', code: 'server_error', message: 'It broke.', param: null },
      },
      {
        type: 'response.failed',
        sequence_number: written.length + 1,
        response: { status: 'failed', error: { code: 'server_error', message: 'It broke.' } },
      },
    ]);
  });
});
