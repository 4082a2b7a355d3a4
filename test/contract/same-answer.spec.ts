import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { StreamAnswer } from '../../simulator/answer.js';
import {
  contextUsage,
  event,
  exception,
  goodEnd,
  metadata,
  metering,
  reasoning,
  redactedReasoning,
  signature,
  stream,
  text,
  toolUse,
} from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type ToldAnswer, WAYS, type Way } from '../support/told-answers.js';
import { withoutCooldowns } from '../support/without-cooldowns.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  withoutCooldowns(gateway);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

/** What the client asks beside its question, in the words of each protocol. */
type Asked = Record<Way['protocol'], object>;

interface Row {
  upstream: StreamAnswer;
  told: Partial<ToldAnswer>;
  /** Default: to think. */
  asked?: Partial<Asked>;
  /** Upstream's own counts are missing: then only that all say the same is known. */
  countsHere?: true;
  /** What is not asked at all: Responses knows no stop sequences. */
  without?: Way['protocol'];
}

const THINKING: Asked = {
  messages: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  chat: { reasoning_effort: 'high' },
  responses: { reasoning: { effort: 'high', summary: 'auto' } },
};
const LIMITED_HERE = 'claude-haiku-4-5';
const QUESTION = 'Weather in Oslo and Bergen?';
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const NAMES = ['get_weather', 'now', 'constructor'];
const PLAIN: Asked = {
  messages: {
    model: 'claude-opus-4-6',
    max_tokens: 1000,
    messages: [{ role: 'user', content: QUESTION }],
    tools: NAMES.map((name) => ({ name, input_schema: parameters })),
  },
  chat: {
    model: 'claude-opus-4-6',
    messages: [{ role: 'user', content: QUESTION }],
    tools: NAMES.map((name) => ({ type: 'function', function: { name, parameters } })),
  },
  responses: {
    model: 'claude-opus-4-6',
    input: QUESTION,
    tools: NAMES.map((name) => ({ type: 'function', name, parameters })),
  },
};

const oslo = { name: 'get_weather', input: { city: 'Oslo' } };
const bergen = { name: 'get_weather', input: { city: 'Bergen' } };
const callOslo = toolUse('tooluse_1', 'get_weather', ['{"ci', 'ty":"Os', 'lo"}']);
const callBergen = toolUse('tooluse_2', 'get_weather', ['{"city":"Bergen"}']);
const toolsEnd = goodEnd({}, 'TOOL_USE');
const halfCall = [
  event('toolUseEvent', { toolUseId: 'tooluse_9', name: 'get_weather' }),
  event('toolUseEvent', { toolUseId: 'tooluse_9', name: 'get_weather', input: '{"city":"Vo' }),
];
const usage = { input: 10, cacheRead: 0, output: 5, thinking: 0 };
const words = Array.from({ length: 40 }, (_, index) => text(`word${index} `));
const unicode = 'Blåbær 🫐, 日本語 – naïve façade.';

const ROWS: Record<string, Row> = {
  'plain text': { upstream: stream(text('Hello.'), goodEnd()), told: { text: 'Hello.' } },
  'text in pieces': { upstream: stream(text('Hel'), text('lo.'), text('\n'), goodEnd()), told: { text: 'Hello.\n' } },
  'text split within its characters': {
    upstream: { ...stream(text(unicode.slice(0, 9)), text(unicode.slice(9)), goodEnd()), chunking: { bytes: 1 } },
    told: { text: unicode },
  },
  'thinking and text': {
    upstream: stream(
      reasoning('I look '),
      reasoning('first.'),
      signature('c2ln'),
      text('Hello.'),
      goodEnd({ outputTokens: 7 }),
    ),
    told: {
      thinking: 'I look first.',
      text: 'Hello.',
      usage: { ...usage, output: 7, thinking: expect.any(Number) as never },
    },
  },
  'thinking that the model keeps to itself': {
    upstream: stream(redactedReasoning('c2VjcmV0'), text('Hello.'), goodEnd()),
    told: { text: 'Hello.' },
  },
  'thinking nobody asked for': {
    upstream: stream(reasoning('I look first.'), signature('c2ln'), text('Hello.'), goodEnd()),
    asked: { messages: {}, chat: {}, responses: {} },
    told: { text: 'Hello.' },
  },
  'one call': { upstream: stream(callOslo, toolsEnd), told: { calls: [oslo], end: 'tools' } },
  'calls at once': {
    upstream: stream(callOslo, callBergen, toolsEnd),
    told: { calls: [oslo, bergen], end: 'tools' },
  },
  'text and calls': {
    upstream: stream(text('Look'), text('ing.'), callOslo, callBergen, toolsEnd),
    told: { text: 'Looking.', calls: [oslo, bergen], end: 'tools' },
  },
  'text after a call': {
    upstream: stream(callOslo, text('Wait.'), toolsEnd),
    told: { text: 'Wait.', calls: [oslo], end: 'tools' },
  },
  'thinking, text and a call': {
    upstream: stream(reasoning('Hm.'), signature('c2ln'), text('Looking.'), callOslo, toolsEnd),
    told: {
      thinking: 'Hm.',
      text: 'Looking.',
      calls: [oslo],
      end: 'tools',
      usage: { ...usage, thinking: expect.any(Number) as never },
    },
  },
  'a call that ends with END_TURN': {
    upstream: stream(callOslo, goodEnd()),
    told: { calls: [oslo], end: 'tools' },
  },
  'a call without input': {
    upstream: stream(toolUse('tooluse_1', 'now', []), toolsEnd),
    told: { calls: [{ name: 'now', input: {} }], end: 'tools' },
  },
  'a call of an awkward name with awkward input': {
    upstream: stream(toolUse('tooluse_1', 'constructor', ['{"a":[1.5e3,null,"\\u00e9', '"],"__proto__":1}']), toolsEnd),
    told: {
      calls: [{ name: 'constructor', input: JSON.parse('{"a":[1500,null,"é"],"__proto__":1}') }],
      end: 'tools',
    },
  },
  'a cut by upstream’s limit': {
    upstream: stream(text('Hel'), goodEnd({}, 'MAX_TOKENS')),
    told: { text: 'Hel', end: 'cut' },
  },
  'a full window': {
    upstream: stream(text('Hel'), goodEnd({}, 'MODEL_CONTEXT_WINDOW_EXCEEDED')),
    told: { text: 'Hel', end: 'cut' },
  },
  'a cut by the client’s limit': {
    upstream: stream(words, goodEnd()),
    asked: {
      messages: { model: LIMITED_HERE, max_tokens: 5 },
      chat: { model: LIMITED_HERE, max_completion_tokens: 5 },
      responses: { model: LIMITED_HERE, max_output_tokens: 5 },
    },
    countsHere: true,
    told: { text: expect.stringMatching(/^word0 .{0,30}$/) as never, end: 'cut' },
  },
  'a stop sequence': {
    upstream: stream(text('One, two, ST'), text('OP, three'), goodEnd()),
    asked: { messages: { stop_sequences: ['STOP'] }, chat: { stop: 'STOP' } },
    without: 'responses',
    countsHere: true,
    told: { text: 'One, two, ' },
  },
  'a refusal': {
    upstream: stream(text('I can'), goodEnd({}, 'CONTENT_FILTERED')),
    told: { text: 'I can', end: 'refused' },
  },
  'an answer of figures alone': { upstream: stream(goodEnd()), told: { end: 'refused' } },
  'tokens from the cache': {
    upstream: stream(text('Hello.'), goodEnd({ cacheReadInputTokens: 700, cacheWriteInputTokens: 30 })),
    told: { text: 'Hello.', usage: { ...usage, input: 740, cacheRead: 700 } },
  },
  'metering and the share of the window alone': {
    upstream: stream(text('Hello.'), contextUsage(12.3456), metering(0.02)),
    countsHere: true,
    told: { text: 'Hello.' },
  },
  'no figures at all': { upstream: stream(text('Hel')), countsHere: true, told: { text: 'Hel', end: 'cut' } },
  'figures first': {
    upstream: stream(
      metering(0.01),
      metadata({ uncachedInputTokens: 10, outputTokens: 5 }, 'END_TURN'),
      text('Hello.'),
    ),
    told: { text: 'Hello.' },
  },
  'a call that ends in the middle of its JSON': {
    upstream: stream(text('Looking.'), halfCall, toolsEnd),
    told: { text: 'Looking.', end: 'cut' },
  },
  'a second call that ends in the middle of its JSON': {
    upstream: stream(callOslo, halfCall, toolsEnd),
    told: { calls: [oslo], end: 'tools' },
  },
  'a call that dies in the middle of its JSON': {
    upstream: stream(text('Looking.'), halfCall, { reset: true }),
    told: { text: 'Looking.', end: 'broken', fault: 'upstream' },
  },
  'a fault after text and a call': {
    upstream: stream(text('Looking.'), callOslo, exception('error', { message: 'x' })),
    told: { text: 'Looking.', calls: [oslo], end: 'broken', fault: 'upstream' },
  },
  'throttling in mid-stream': {
    upstream: stream(text('Half'), exception('throttlingError', { message: 'x' })),
    told: { text: 'Half', end: 'broken', fault: 'rate limit' },
  },
  'a frame that is cut': {
    upstream: stream(text('Half'), { cut: true }, text('never')),
    told: { text: 'Half', end: 'broken', fault: 'upstream' },
  },
  'nothing at all': { upstream: stream(), told: { end: 'broken', fault: 'upstream' } },
};

it.each(Object.entries(ROWS))('all ways tell the same of %s', async (_what, row) => {
  simulator.answer(() => row.upstream);
  const ways = WAYS.filter(({ protocol }) => protocol !== row.without);
  const answers: ToldAnswer[] = [];
  for (const way of ways) {
    const asked = { ...PLAIN[way.protocol], ...(row.asked ?? THINKING)[way.protocol] };
    const { usage: counted, ...told } = await way.tell(gateway, asked);
    const { usage: known = usage, ...expected } = row.told;
    // An answer that is not streamed and broke is the error alone.
    const nothing = expected.end === 'broken' && !way.streams ? { text: '', calls: [] } : {};
    const whole = { text: '', thinking: '', calls: [], end: 'over', ...expected, ...nothing };
    expect({ way: way.name, ...told }).toEqual({ way: way.name, ...whole });
    if (!row.countsHere && expected.end !== 'broken')
      expect({ way: way.name, ...counted }).toEqual({ way: way.name, ...known });
    answers.push({ ...told, usage: counted });
  }
  const streamed = answers.filter((_, index) => ways[index]?.streams);
  const whole = answers.filter((_, index) => !ways[index]?.streams);
  for (const alike of row.told.end === 'broken' ? [streamed, whole] : [answers])
    for (const answer of alike) expect(answer).toEqual(alike[0]);
});
