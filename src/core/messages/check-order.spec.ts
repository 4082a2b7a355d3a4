import { describe, expect, it } from '@jest/globals';
import { OrderCheck } from './check-order.js';
import type { MessagesEvent } from './vocabulary.js';

const start = { type: 'message_start', message: {} };
const text = (index: number) => ({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } });
const tool = (index: number) => ({ type: 'content_block_start', index, content_block: { type: 'tool_use' } });
const block = (index: number, type: string) => ({ type: 'content_block_start', index, content_block: { type } });
const delta = (index: number, type = 'text_delta') => ({ type: 'content_block_delta', index, delta: { type } });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (stop_reason = 'end_turn') => ({ type: 'message_delta', delta: { stop_reason }, usage: {} });
const done = { type: 'message_stop' };

function firstFault(events: object[]): string | undefined {
  const check = new OrderCheck();
  for (const event of events) {
    const fault = check.push(event as MessagesEvent);
    if (fault) return fault;
  }
  return check.end();
}

describe('OrderCheck', () => {
  it.each([
    ['an empty message', [start, end(), done]],
    ['text', [start, text(0), delta(0), delta(0), stop(0), end(), done]],
    [
      'a tool after text',
      [start, text(0), stop(0), tool(1), delta(1, 'input_json_delta'), stop(1), end('tool_use'), done],
    ],
    [
      'a tool the server ran, which is no tool use',
      [
        start,
        block(0, 'server_tool_use'),
        delta(0, 'input_json_delta'),
        stop(0),
        block(1, 'web_search_tool_result'),
        stop(1),
        end('end_turn'),
        done,
      ],
    ],
    [
      'a block and a delta that are not known yet',
      [
        start,
        block(0, 'constructor'),
        delta(0, 'input_json_delta'),
        stop(0),
        text(1),
        delta(1, 'new_delta'),
        stop(1),
        end(),
        done,
      ],
    ],
    ['a report', [start, { type: 'upstream_report' }, end(), done]],
  ])('accepts %s', (_what, events) => {
    expect(firstFault(events)).toBeUndefined();
  });

  it.each([
    ['nothing', [], /without message_stop/],
    ['two starts', [start, start], /second/],
    ['a block first', [text(0)], /before message_start/],
    ['a gap in the indexes', [start, text(1)], /index 1/],
    ['a block in a block', [start, text(0), text(1)], /open block/],
    ['a delta outside a block', [start, delta(0)], /outside/],
    ['a delta of another kind', [start, text(0), delta(0, 'input_json_delta')], /in a text block/],
    [
      'a delta in a result that is complete',
      [start, block(0, 'web_search_tool_result'), delta(0, 'input_json_delta')],
      /in a web_search_tool_result block/,
    ],
    ['an end inside a block', [start, text(0), end()], /open block/],
    ['a stop without delta', [start, done], /without message_delta/],
    ['content after the end', [start, end(), text(0)], /after message_delta/],
    ['tool_use without a tool', [start, end('tool_use')], /without a tool block/],
    ['a tool without tool_use', [start, tool(0), stop(0), end('end_turn')], /with a tool block/],
    ['a cut', [start, text(0)], /without message_stop/],
  ])('refuses %s', (_what, events, fault) => {
    expect(firstFault(events)).toMatch(fault);
  });
});
