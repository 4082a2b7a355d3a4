import { describe, expect, it } from '@jest/globals';
import type { Scenario } from '../scenarios/scenario.js';
import { makeScenario } from '../scenarios/scenarios.js';
import { checkBytes, checkMessages } from './check-answer.js';

const scenario: Scenario = { ...makeScenario('stream-200'), texts: ['a', 'b'] };
const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const delta = (text: string) => event('content_block_delta', { delta: { text } });
const good = [event('message_start'), delta('a'), delta('b'), event('message_stop')];

describe('checking of answers', () => {
  it('takes a whole stream', () => {
    expect(() => checkMessages(scenario)(Buffer.from(good.join('')))).not.toThrow();
  });

  it.each([
    ['one without its end', good.slice(0, 3)],
    ['one that lost an event', [...good.slice(0, 2), ...good.slice(3)]],
    ['one with another text', [...good.slice(0, 2), delta('c'), ...good.slice(3)]],
    ['one in another order', [good[0], good[2], good[1], good[3]]],
    ['one cut inside an event', [...good.slice(0, 3), 'event: message_stop\ndata: {"type":"mess']],
    ['one with an event of two names', [...good.slice(0, 3), 'event: ping\ndata: {"type":"message_stop"}\n\n']],
  ])('refuses %s', (_name, events) => {
    expect(() => checkMessages(scenario)(Buffer.from(events.join('')))).toThrow();
  });

  it('takes the whole message and no other', () => {
    const check = checkMessages({ ...scenario, request: { ...scenario.request, stream: false } });
    const message = (text: string) => Buffer.from(JSON.stringify({ content: [{ text }], stop_reason: 'end_turn' }));

    expect(() => check(message('ab'))).not.toThrow();
    expect(() => check(message('a'))).toThrow('not the one that was sent');
  });

  it('takes the very bytes', () => {
    const check = checkBytes(scenario);

    expect(() => check(Buffer.from(scenario.answerBytes))).not.toThrow();
    expect(() => check(scenario.answerBytes.subarray(1))).toThrow('not the');
  });
});
