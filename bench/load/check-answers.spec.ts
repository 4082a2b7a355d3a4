import { describe, expect, it } from '@jest/globals';
import { checkBytes } from './check-bytes.js';
import { checkChatStream } from './check-chat.js';
import { checkMessage, checkMessagesStream } from './check-messages.js';
import { checkResponsesStream } from './check-responses.js';

const TEXTS = ['a', 'b'];
const bytes = (events: readonly (string | undefined)[]) => Buffer.from(events.join(''));
const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

describe('checking of Messages', () => {
  const check = checkMessagesStream(TEXTS);
  const delta = (text: string) => event('content_block_delta', { delta: { text } });
  const good = [event('message_start'), delta('a'), delta('b'), event('message_stop')];

  it('takes a whole stream', () => {
    expect(() => check(bytes(good))).not.toThrow();
  });

  it.each([
    ['one without its end', good.slice(0, 3)],
    ['one that lost an event', [...good.slice(0, 2), ...good.slice(3)]],
    ['one with another text', [...good.slice(0, 2), delta('c'), ...good.slice(3)]],
    ['one in another order', [good[0], good[2], good[1], good[3]]],
    ['one cut inside an event', [...good.slice(0, 3), 'event: message_stop\ndata: {"type":"mess']],
    ['one with an event of two names', [...good.slice(0, 3), 'event: ping\ndata: {"type":"message_stop"}\n\n']],
  ])('refuses %s', (_name, events) => {
    expect(() => check(bytes(events))).toThrow();
  });

  it('takes the whole message and no other', () => {
    const message = (text: string) => Buffer.from(JSON.stringify({ content: [{ text }], stop_reason: 'end_turn' }));
    expect(() => checkMessage(TEXTS)(message('ab'))).not.toThrow();
    expect(() => checkMessage(TEXTS)(message('a'))).toThrow('not the one that was sent');
  });
});

describe('checking of Chat Completions', () => {
  const check = checkChatStream(TEXTS);
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ delta, finish_reason }] })}\n\n`;
  const [role, a, b, stop] = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'a' }),
    chunk({ content: 'b' }),
    chunk({}, 'stop'),
  ];
  const done = 'data: [DONE]\n\n';

  it('takes a whole stream', () => {
    expect(() => check(bytes([role, a, b, stop, done]))).not.toThrow();
  });

  it.each([
    ['one without its end', [role, a, b, stop]],
    ['one without its role', [a, b, stop, done]],
    ['one that was cut', [role, a, b, chunk({}, 'length'), done]],
    ['one that lost a text', [role, a, stop, done]],
    ['one with another text', [role, a, chunk({ content: 'c' }), stop, done]],
  ])('refuses %s', (_name, events) => {
    expect(() => check(bytes(events))).toThrow();
  });
});

describe('checking of Responses', () => {
  const check = checkResponsesStream(TEXTS);
  const delta = (text: string) => event('response.output_text.delta', { delta: text });
  const completed = (text: string) => event('response.completed', { response: { output: [{ content: [{ text }] }] } });
  const good = [event('response.created'), delta('a'), delta('b'), completed('ab')];

  it('takes a whole stream', () => {
    expect(() => check(bytes(good))).not.toThrow();
  });

  it.each([
    ['one without its end', good.slice(0, 3)],
    ['one that lost a text', [good[0], good[1], good[3]]],
    ['one that failed', [...good.slice(0, 3), event('response.failed')]],
    ['one whose end has another text', [...good.slice(0, 3), completed('a')]],
  ])('refuses %s', (_name, events) => {
    expect(() => check(bytes(events))).toThrow();
  });
});

describe('checking of bytes', () => {
  it('takes the very ones', () => {
    const check = checkBytes(Buffer.from('ab'));
    expect(() => check(Buffer.from('ab'))).not.toThrow();
    expect(() => check(Buffer.from('a'))).toThrow('not the');
  });
});
