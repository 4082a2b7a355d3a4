import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { answered, framesOf, type ResponsesFrame, streamedFrames, streamedText } from '../support/ask-responses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { STREAM_PING_INTERVAL: 1 });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

/** Tools of every kind, and thinking shown and sealed. */
const EVERYTHING = {
  tools: [
    { type: 'function', name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: null },
    { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    { type: 'namespace', name: 'mcp__eyes', description: 'Eyes.', tools: [{ type: 'function', name: 'see' }] },
    { type: 'tool_search', execution: 'client', parameters: { type: 'object' } },
    { type: 'web_search' },
  ],
  reasoning: { effort: 'medium', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
};

const PATCH = '*** Begin Patch\n+"1"\n*** End Patch';

/** Thinking, text and a call of every kind. @param names of the tools as upstream was offered them */
const everything = ([look = '', patch = '', see = '', search = '']: string[]) =>
  stream(
    reasoning('I think, '),
    reasoning('so I look.'),
    signature('c2ln'),
    text('Grüße, '),
    text('世界 🙂\u2028'),
    toolUse('tooluse_1', look, ['{"at":', '"me"}']),
    toolUse('tooluse_2', patch, [JSON.stringify({ input: PATCH })]),
    toolUse('tooluse_3', see, []),
    toolUse('tooluse_4', search, ['{"query":"x"}']),
    goodEnd({ cacheReadInputTokens: 3 }),
  );

/** Names that upstream is offered the tools under, in the client's order. */
const NAMES = ['look', 'apply_patch', 'mcp__eyes__see', 'tool_search'];

async function fullStream(): Promise<{ bytes: string; frames: ResponsesFrame[] }> {
  simulator.enqueue(everything(NAMES));
  const bytes = await streamedText(gateway, EVERYTHING);
  return { bytes, frames: framesOf(bytes) };
}

const ofType = (frames: ResponsesFrame[], type: string) => frames.filter((frame) => frame.type === type);
const itemsIn = (frames: ResponsesFrame[], type: 'added' | 'done') => ofType(frames, `response.output_item.${type}`);
const joined = (frames: ResponsesFrame[], type: string) =>
  ofType(frames, type)
    .map(({ delta }) => delta)
    .join('');

/** Everything §7 knows; the helper of the Node SDK throws on any other. */
const KNOWN = new Set([
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.done',
  'response.content_part.done',
  'response.refusal.delta',
  'response.refusal.done',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.custom_tool_call_input.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_text.delta',
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.done',
  'response.output_item.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
  'keepalive',
]);

describe('a stream of everything, by the deviations of openai.md §7 that break clients', () => {
  let bytes: string;
  let frames: ResponsesFrame[];
  let items: ResponsesFrame[];
  beforeAll(async () => {
    ({ bytes, frames } = await fullStream());
    items = frames.at(-1)?.response.output;
  });

  it('has all kinds of items to look at', () => {
    expect(items.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
      'custom_tool_call',
      'function_call',
      'tool_search_call',
    ]);
  });

  it('begins with response.created, then response.in_progress', () => {
    expect(frames.slice(0, 2)).toMatchObject([
      { type: 'response.created', response: { status: 'in_progress', output: [], usage: null } },
      { type: 'response.in_progress', response: { status: 'in_progress', output: [], usage: null } },
    ]);
    expect(ofType(frames, 'response.created')).toHaveLength(1);
  });

  it('has created_at and the model that was asked for in every lifecycle event', () => {
    const lifecycle = frames.filter(({ response }) => response !== undefined);
    expect(lifecycle).toHaveLength(3);
    for (const { response } of lifecycle) {
      expect(response).toMatchObject({ model: 'claude-sonnet-5', created_at: frames[0]?.response.created_at });
      expect(Number.isInteger(response.created_at)).toBe(true);
    }
  });

  it('announces every item before anything else of it', () => {
    for (const [index] of items.entries()) {
      const [first] = frames.filter(({ output_index }) => output_index === index);
      expect(first?.type).toBe('response.output_item.added');
    }
    expect(itemsIn(frames, 'added')).toHaveLength(items.length);
  });

  it('announces the part of a message before its text', () => {
    const [added] = ofType(frames, 'response.content_part.added');
    const [delta] = ofType(frames, 'response.output_text.delta');
    expect(added?.part).toEqual({ type: 'output_text', text: '', annotations: [], logprobs: [] });
    expect(added?.sequence_number).toBeLessThan(delta?.sequence_number ?? 0);
  });

  it('has all of a text in its deltas', () => {
    expect(joined(frames, 'response.output_text.delta')).toBe('Grüße, 世界 🙂\u2028');
    expect(ofType(frames, 'response.output_text.done')).toMatchObject([{ text: 'Grüße, 世界 🙂\u2028' }]);
    expect(items[1]?.content).toEqual([
      { type: 'output_text', text: 'Grüße, 世界 🙂\u2028', annotations: [], logprobs: [] },
    ]);
  });

  it('has all of the arguments and of an input in their deltas, at least an empty object', () => {
    expect(joined(frames, 'response.function_call_arguments.delta')).toBe('{"at":"me"}{}');
    expect(ofType(frames, 'response.function_call_arguments.done').map((each) => each.arguments)).toEqual([
      '{"at":"me"}',
      '{}',
    ]);
    expect(joined(frames, 'response.custom_tool_call_input.delta')).toBe(PATCH);
    expect(ofType(frames, 'response.custom_tool_call_input.done')).toMatchObject([{ input: PATCH }]);
  });

  it('ends every item with output_item.done, the same item as at the end', () => {
    const done = itemsIn(frames, 'done');
    expect(done.map(({ item }) => item)).toEqual(items);
    expect(done.map(({ output_index }) => output_index)).toEqual(items.map((_item, index) => index));
  });

  it('ends with one response.completed, and with nothing after it', () => {
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
    expect(ofType(frames, 'response.completed')).toHaveLength(1);
    expect(bytes.endsWith('}\n\n')).toBe(true);
    expect(bytes).not.toContain('[DONE]');
  });

  it('names the item in every event about it', () => {
    const about = frames.filter(({ output_index, item }) => output_index !== undefined && item === undefined);
    expect(about.length).toBeGreaterThan(10);
    for (const { item_id, output_index } of about) expect(item_id).toBe(items[output_index]?.id);
  });

  it('has an id for every item, by its kind, the same in added, done and completed, and no two alike', () => {
    const ids = items.map(({ id }) => id);
    expect(itemsIn(frames, 'added').map(({ item }) => item.id)).toEqual(ids);
    expect(itemsIn(frames, 'done').map(({ item }) => item.id)).toEqual(ids);
    expect(ids.map((id) => id.slice(0, id.indexOf('_')))).toEqual(['rs', 'msg', 'fc', 'ctc', 'fc', 'tsc']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a content_index in every event about a part', () => {
    const about = frames.filter(({ type }) => /content_part|output_text/.test(type));
    expect(about).toHaveLength(5);
    for (const { content_index } of about) expect(content_index).toBe(0);
  });

  it('numbers its events from 0, each one higher', () => {
    expect(frames.map(({ sequence_number }) => sequence_number)).toEqual(frames.map((_frame, index) => index));
  });

  it('has an event line of the same type before every data line, and nothing else', () => {
    expect(bytes.match(/^event: /gm)).toHaveLength(frames.length);
    expect(bytes.match(/^data: /gm)).toHaveLength(frames.length);
    expect(bytes.split('\n').filter((line) => line !== '' && !/^(event|data): /.test(line))).toEqual([]);
  });

  it('has no event that a client does not know', () => {
    expect(frames.map(({ type }) => type).filter((type) => !KNOWN.has(type))).toEqual([]);
  });

  it('has the usage at its end, in all its details', () => {
    const { usage } = frames.at(-1)?.response ?? {};
    expect(usage).toEqual({
      input_tokens: expect.any(Number),
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
      output_tokens: expect.any(Number),
      output_tokens_details: { reasoning_tokens: expect.any(Number) },
      total_tokens: usage.input_tokens + usage.output_tokens,
    });
  });

  it('repeats all of its output at its end', () => {
    expect(items).toHaveLength(6);
  });

  it('has the fields that strict clients want, null where there is nothing', () => {
    for (const { response } of frames.filter((each) => each.response !== undefined)) {
      expect(Object.keys(response)).toEqual(
        expect.arrayContaining(
          (
            'id object created_at status background completed_at error incomplete_details instructions ' +
            'max_output_tokens max_tool_calls model output parallel_tool_calls previous_response_id reasoning ' +
            'safety_identifier service_tier store temperature text tool_choice tools top_logprobs top_p truncation ' +
            'usage user metadata'
          ).split(' '),
        ),
      );
      expect(response.text.format).toEqual({ type: 'text' });
    }
  });

  it('keeps one item open at a time, with the reasoning before what it led to', () => {
    const open: number[] = [];
    for (const { type, output_index } of frames) {
      if (type === 'response.output_item.added') open.push(output_index);
      if (type === 'response.output_item.done') expect(open.pop()).toBe(output_index);
      expect(open.length).toBeLessThanOrEqual(1);
    }
  });

  it('keeps the parts of a summary under one id, each announced', () => {
    const about = frames.filter(({ type }) => type.includes('reasoning_summary'));
    expect(about.map(({ type }) => type.replace('response.reasoning_summary_', ''))).toEqual([
      'part.added',
      'text.delta',
      'text.delta',
      'text.done',
      'part.done',
    ]);
    for (const frame of about) expect(frame).toMatchObject({ item_id: items[0]?.id, summary_index: 0 });
    expect(items[0]).toMatchObject({
      summary: [{ type: 'summary_text', text: 'I think, so I look.' }],
      encrypted_content: expect.stringMatching(/./),
    });
  });

  it('gives every call back as what the client offered', () => {
    expect(items.slice(2)).toEqual([
      expect.objectContaining({ type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"at":"me"}' }),
      expect.objectContaining({ type: 'custom_tool_call', call_id: 'call_2', name: 'apply_patch', input: PATCH }),
      expect.objectContaining({ type: 'function_call', call_id: 'call_3', name: 'see', namespace: 'mcp__eyes' }),
      {
        id: expect.stringMatching(/^tsc_/),
        type: 'tool_search_call',
        call_id: 'call_4',
        execution: 'client',
        status: 'completed',
        arguments: { query: 'x' },
      },
    ]);
  });
});

describe('other streams, by the deviations of openai.md §7', () => {
  it('say keepalive in silence, and never ping', async () => {
    simulator.enqueue(stream(text('before'), pause(1_500), text(' after'), goodEnd()));
    const bytes = await streamedText(gateway);
    expect(bytes).toContain('\n\nevent: keepalive\ndata: {"type":"keepalive"}\n\n');
    expect(bytes).not.toContain('ping');
    expect(bytes).not.toMatch(/^:/m);
    const frames = framesOf(bytes).filter(({ type }) => type !== 'keepalive');
    expect(frames.map(({ sequence_number }) => sequence_number)).toEqual(frames.map((_frame, index) => index));
  });

  it('end with response.incomplete where the answer is cut', async () => {
    simulator.enqueue(stream(text('Cut'), goodEnd({}, 'MAX_TOKENS')));
    const frames = await streamedFrames(gateway);
    expect(frames.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, error: null },
    });
    expect(ofType(frames, 'response.completed')).toEqual([]);
  });

  it('end with the error inside its event, then with response.failed', async () => {
    simulator.enqueue(stream(text('good'), { exception: 'throttlingError', payload: { message: 'slow' } }));
    const frames = await streamedFrames(gateway);
    const [error, failed] = frames.slice(-2);
    expect(error).toEqual({
      type: 'error',
      sequence_number: frames.length - 2,
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: expect.any(String), param: null },
    });
    expect(failed).toMatchObject({
      type: 'response.failed',
      sequence_number: frames.length - 1,
      response: {
        id: frames[0]?.response.id,
        status: 'failed',
        error: { code: 'rate_limit_exceeded', message: error?.error.message },
        output: [{ type: 'message', content: [{ text: 'good' }] }],
      },
    });
  });

  it('carry the thinking for a replay only where that is included, stored or not', async () => {
    const thought = stream(reasoning('I think.'), signature('c2ln'), text('Hi'), goodEnd());
    for (const store of [true, false]) {
      simulator.enqueue(thought);
      const bytes = await streamedText(gateway, { reasoning: { summary: 'auto' }, store });
      expect(bytes).toContain('"text":"I think."');
      expect(bytes).not.toContain('encrypted_content');
    }
  });

  it.each([1, 3, 17])('are the same whether upstream sends %i bytes at a time', async (bytes) => {
    const { frames } = await fullStream();
    simulator.enqueue({ ...everything(NAMES), chunking: { bytes } });
    const others = await streamedFrames(gateway, EVERYTHING);
    const said = (each: ResponsesFrame[]) => each.map(({ type, delta, item }) => [type, delta, item?.type]);
    expect(said(others)).toEqual(said(frames));
  });

  it('say what the JSON answer says', async () => {
    const { frames } = await fullStream();
    simulator.enqueue(everything(NAMES));
    const whole = await answered(gateway, EVERYTHING);
    const plain = (response: unknown) =>
      JSON.parse(JSON.stringify(response).replace(/\b(resp|msg|fc|ctc|rs|tsc)_[0-9a-f]+/g, '$1_'));
    const times = { created_at: 0, completed_at: 0 };
    expect({ ...plain(whole), ...times }).toEqual({ ...plain(frames.at(-1)?.response), ...times });
  });
});
