import { describe, expect, it } from '@jest/globals';
import { ClientTools } from '../../../src/core/protocols/openai/client-tools.js';
import { ChatStreamCodec } from '../../../src/core/protocols/openai-chat/chat-stream-codec.js';
import { completionHead } from '../../../src/core/protocols/openai-chat/completion-head.js';
import { ResponsesStreamCodec } from '../../../src/core/protocols/openai-responses/responses-stream-codec.js';
import { begin, end, text, thinking, toolUse } from '../../support/messages-events.js';
import { responseEvents } from '../../support/responses-answer.js';
import { readChatOrder } from './chat-order.js';
import { readResponsesOrder } from './responses-order.js';

const EVENTS = [
  begin,
  ...thinking(0, 'Hm'),
  ...text(1, 'Hel', 'lo'),
  ...toolUse(2, 'f', '{"a":1}', 'toolu_1'),
  ...toolUse(3, 'g', '{}', 'toolu_2'),
  ...end('tool_use'),
];
const FORM = { tools: new ClientTools(), includeUsage: true, isLegacy: false };

const codec = new ChatStreamCodec(completionHead('req_1', 1, 'm'), FORM);
const CHAT = EVENTS.map((event) => codec.push(event)).join('');
const answer = responseEvents({ isCompaction: false });
const responsesCodec = new ResponsesStreamCodec(answer);
const RESPONSES = EVENTS.flatMap((event) => answer.push(event))
  .map((event) => responsesCodec.push(event))
  .join('');

type Change = (frames: string[]) => unknown;
const without =
  (mark: string): Change =>
  (frames) =>
    frames.splice(placeOf(frames, mark), 1);
const twice =
  (mark: string): Change =>
  (frames) =>
    frames.splice(placeOf(frames, mark), 0, frames[placeOf(frames, mark)] ?? '');
const swapped =
  (mark: string): Change =>
  (frames) =>
    frames.splice(placeOf(frames, mark) + 1, 0, ...frames.splice(placeOf(frames, mark), 1));
const written =
  (mark: string, from: string | RegExp, to: string): Change =>
  (frames) => {
    const place = placeOf(frames, mark);
    const frame = frames[place] ?? '';
    const changed = frame.replace(from, to);
    if (changed === frame) throw new Error(`nothing to change in ${frame}`);
    frames[place] = changed;
  };

function placeOf(frames: readonly string[], mark: string): number {
  const place = frames.findIndex((frame) => frame.includes(mark));
  if (place < 0) throw new Error(`no frame with ${mark}`);
  return place;
}

function changed(stream: string, change: Change): string {
  const frames = stream.split(/(?<=\n\n)/);
  change(frames);
  return frames.join('');
}

const CHAT_FAULTS: [fault: string, change: Change][] = [
  ['no role', written('"role"', '"role":"assistant",', '')],
  ['a second role', twice('"role"')],
  ['a content of null before text', written('"role"', '"content":""', '"content":null')],
  ['another id', written('"Hel"', 'chatcmpl-1', 'chatcmpl-2')],
  ['no choices', written('"Hel"', '"choices"', '"choises"')],
  ['a line of its own for the event', written('"Hel"', 'data:', 'event: x\ndata:')],
  ['a delta of nothing', written('"Hel"', '"content":"Hel"', '"content":""')],
  ['text and thinking in one delta', written('"Hel"', '"content"', '"reasoning_content":"Hm","content"')],
  ['a call without index', written('"call_1"', '"index":0,"id"', '"id"')],
  ['calls from 1 on', written('"call_1"', '"tool_calls":[{"index":0', '"tool_calls":[{"index":1')],
  ['a call without id', written('"call_1"', '"id":"call_1",', '')],
  ['a call without type', written('"call_1"', '"type":"function",', '')],
  ['an id that is repeated', written('{\\"a\\":1}', '"function"', '"id":"call_1","function"')],
  ['a name that is repeated', written('{\\"a\\":1}', '"arguments"', '"name":"f","arguments"')],
  [
    'a piece of an earlier call',
    (frames) => frames.splice(placeOf(frames, '"call_2"') + 1, 0, frames[placeOf(frames, '{\\"a\\":1}')] ?? ''),
  ],
  ['a finish without delta', written('"finish_reason":"tool_calls"', '"delta":{},', '')],
  ['no finish', without('"finish_reason":"tool_calls"')],
  [
    'a finish for other reasons',
    written('"finish_reason":"tool_calls"', '"finish_reason":"tool_calls"', '"finish_reason":"stop"'),
  ],
  ['a finish of a delta of null', written('"finish_reason":"tool_calls"', '"delta":{}', '"delta":null')],
  ['text after the finish', (frames) => frames.splice(-2, 0, frames[placeOf(frames, '"Hel"')] ?? '')],
  ['no usage', without('"prompt_tokens"')],
  ['usage before the finish', (frames) => frames.splice(1, 0, frames[placeOf(frames, '"prompt_tokens"')] ?? '')],
  ['chunks without usage', written('"Hel"', ',"usage":null', '')],
  ['a wrong total', written('"prompt_tokens"', /"total_tokens":/, '"total_tokens":1')],
  ['no [DONE]', without('[DONE]')],
  ['a second [DONE]', twice('[DONE]')],
  ['[DONE] after an error', (frames) => frames.splice(-1, 0, 'data: {"error":{}}\n\n')],
];

const RESPONSES_FAULTS: [fault: string, change: Change][] = [
  ['no response.created', without('response.created')],
  ['no response.in_progress', without('response.in_progress')],
  ['a gap in the numbers', written('Hel', /"sequence_number":\d+/, '"sequence_number":99')],
  ['an event that is named otherwise', written('Hel', 'event: response.output_text.delta', 'event: x')],
  ['a keepalive first', (frames) => frames.unshift('event: keepalive\ndata: {"type":"keepalive"}\n\n')],
];
/** The numbers are right again after each of these. */
const RENUMBERED_FAULTS: [fault: string, change: Change][] = [
  ['no output_item.added', without('response.output_item.added')],
  ['an item inside another', swapped('response.content_part.added')],
  ['another id at its end', written('event: response.output_item.done', /"id":"rs_/, '"id":"rs_x')],
  ['another id in a delta', written('Hel', /"item_id":"msg_/, '"item_id":"msg_x')],
  ['another place in a delta', written('Hel', '"output_index":1', '"output_index":0')],
  [
    'a place that is left out',
    written(
      'event: response.output_item.added\ndata: {"type":"response.output_item.added"',
      '"output_index":0',
      '"output_index":1',
    ),
  ],
  ['no part', without('response.content_part.added')],
  ['a summary without part', without('response.reasoning_summary_part.added')],
  ['a delta that is missing', without('"delta":"Hel"')],
  ['a delta that comes twice', twice('"delta":"Hel"')],
  ['no text.done', without('response.output_text.done')],
  ['no part.done', without('response.content_part.done')],
  ['no output_item.done', without('event: response.output_item.done')],
  ['arguments that are no pieces', without('event: response.function_call_arguments.delta')],
  ['arguments without end', without('event: response.function_call_arguments.done')],
  ['an item that is full from the start', written('"fc_', '"arguments":""', '"arguments":"{}"')],
  ['a text without annotations', written('event: response.content_part.done', '"annotations":[],', '')],
  ['another response at its end', written('event: response.completed', '"created_at":1000', '"created_at":1001')],
  ['no usage', written('event: response.completed', '"usage":', '"usage":null,"used":')],
  ['output that lacks an item', written('event: response.completed', /\{"id":"fc_[^}]*\},?/, '')],
  [
    'a status of another end',
    written('event: response.completed', '"status":"completed","completed_at"', '"status":"incomplete","completed_at"'),
  ],
  ['no end', without('event: response.completed')],
  ['a second end', twice('event: response.completed')],
  [
    'an error without response.failed',
    (frames) => frames.push('event: error\ndata: {"type":"error","sequence_number":1,"error":{}}\n\n'),
  ],
];

function renumbered(stream: string): string {
  let number = 0;
  return stream.replaceAll(/"sequence_number":\d+/g, () => `"sequence_number":${number++}`);
}

describe('the check of the order of Chat streams', () => {
  it('passes what is right', () => {
    expect(readChatOrder(`: keepalive\n\n${CHAT}`, FORM).chunks).toHaveLength(10);
  });

  it.each(CHAT_FAULTS)('finds %s', (_fault, change) => {
    const stream = changed(CHAT, change);
    expect(() => readChatOrder(stream, FORM)).toThrow();
  });
});

describe('the check of the order of Responses streams', () => {
  it('passes what is right', () => {
    expect(readResponsesOrder(RESPONSES).items).toHaveLength(4);
  });

  it.each(RESPONSES_FAULTS)('finds %s', (_fault, change) => {
    const stream = changed(RESPONSES, change);
    expect(() => readResponsesOrder(stream)).toThrow();
  });

  it.each(RENUMBERED_FAULTS)('finds %s', (_fault, change) => {
    const stream = renumbered(changed(RESPONSES, change));
    expect(() => readResponsesOrder(stream)).toThrow();
  });
});
