import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { Simulator } from '../../simulator/simulator.js';
import { rejection } from '../support/openai-apis.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { upstreamTurns } from '../support/upstream-turns.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const model = 'claude-sonnet-5';
const messages = [{ role: 'user' as const, content: 'Hello' }];

type RefusalCase = [what: string, request: object, code: string, param: string | null, message?: RegExp];

const REFUSED_BY_CHAT: RefusalCase[] = [
  ['no messages', { messages: undefined }, 'missing_required_parameter', 'messages'],
  ['no model', { model: undefined }, 'missing_required_parameter', 'model'],
  ['an empty conversation', { messages: [] }, 'invalid_value', 'messages'],
  ['messages that are a text', { messages: 'Hello' }, 'invalid_type', 'messages'],
  ['a stream that is a text', { stream: 'yes' }, 'invalid_type', 'stream'],
  ['a content that is a number', { messages: [{ role: 'user', content: 5 }] }, 'invalid_type', 'messages[0].content'],
  ['a role that nobody has', { messages: [{ role: 'narrator', content: 'x' }] }, 'invalid_value', 'messages[0].role'],
  ['a temperature over 2', { temperature: 2.1 }, 'invalid_value', 'temperature'],
  ['a top_p over 1', { top_p: 1.1 }, 'invalid_value', 'top_p'],
  ['a penalty under -2', { presence_penalty: -2.1 }, 'invalid_value', 'presence_penalty'],
  ['a limit of no token', { max_completion_tokens: 0 }, 'invalid_value', 'max_completion_tokens'],
  ['five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'invalid_value', 'stop'],
  ['two choices', { n: 2 }, 'unsupported_value', 'n'],
  ['log probabilities', { logprobs: true }, 'unsupported_parameter', 'logprobs'],
  ['an answer to be heard', { modalities: ['text', 'audio'] }, 'unsupported_value', 'modalities'],
  [
    'a choice of a tool that is not there',
    {
      tools: [{ type: 'function', function: { name: 'one' } }],
      tool_choice: { type: 'function', function: { name: 'two' } },
    },
    'invalid_value',
    'tool_choice',
  ],
  [
    'an image of a kind nobody reads',
    contentOf({ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AAAA' } }),
    'invalid_image_format',
    'messages[0].content[1]',
  ],
  [
    'an image that is no base64',
    contentOf({ type: 'image_url', image_url: { url: 'data:image/png;base64,%%%' } }),
    'invalid_base64_image',
    'messages[0].content[1]',
  ],
  [
    'an image of an address inside',
    contentOf({ type: 'image_url', image_url: { url: 'http://127.0.0.1:1/x.png' } }),
    'invalid_image_url',
    'messages[0].content[1]',
  ],
  [
    'a recording',
    contentOf({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
    'unsupported_value',
    'messages[0].content[1]',
  ],
  [
    'a file by its id',
    contentOf({ type: 'file', file: { file_id: 'file-1' } }),
    'unsupported_value',
    'messages[0].content[1]',
  ],
];

const REFUSED_BY_RESPONSES: RefusalCase[] = [
  ['no input', { input: undefined }, 'missing_required_parameter', 'input'],
  ['no model', { model: undefined }, 'missing_required_parameter', 'model'],
  ['an input that is a number', { input: 5 }, 'invalid_type', 'input'],
  ['a limit of no token', { max_output_tokens: 0 }, 'invalid_value', 'max_output_tokens'],
  ['work in the background', { background: true }, 'unsupported_value', 'background'],
  ['a conversation', { conversation: 'conv_1' }, 'unsupported_parameter', 'conversation'],
  ['a prompt of the dashboard', { prompt: { id: 'pmpt_1' } }, 'unsupported_parameter', 'prompt'],
  ['a choice of a hosted tool', { tool_choice: { type: 'file_search' } }, 'unsupported_value', 'tool_choice'],
  [
    'a response that nobody kept',
    { previous_response_id: 'resp_1' },
    'previous_response_not_found',
    'previous_response_id',
  ],
  [
    'an item that nobody kept',
    { input: [{ type: 'item_reference', id: 'msg_1' }] },
    'invalid_value',
    'input',
    /Item with id 'msg_1' not found\./,
  ],
  [
    'an image of a kind nobody reads',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/tiff;base64,AAAA' }] }] },
    'invalid_image_format',
    'input[0].content[0].image_url',
  ],
];

describe('the SDK', () => {
  it.each(REFUSED_BY_CHAT)('is refused %s by Chat', (...refusal) => expectRefusal('/chat/completions', refusal));
  it.each(REFUSED_BY_RESPONSES)('is refused %s by Responses', (...refusal) => expectRefusal('/responses', refusal));

  it('is refused a body that is no JSON', async () => {
    for (const path of ['/chat/completions', '/responses']) {
      const { client } = connectOpenai(gateway);
      const error = await rejection(
        client.post(path, {
          body: new TextEncoder().encode('{"model"'),
          headers: { 'content-type': 'application/json' },
        }),
      );
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', code: 'invalid_json' });
    }
  });

  it('is told of a path that is not there', async () => {
    const error = await rejection(connectOpenai(gateway).client.post('/moderations', { body: { input: 'x' } }));
    expect(error).toMatchObject({ status: 404, type: 'invalid_request_error', code: expect.any(String) });
    expect(error.message).toContain('Invalid URL (POST /v1/moderations)');
  });
});

async function expectRefusal(path: string, [, request, code, param, message]: RefusalCase): Promise<void> {
  const { client, sent } = connectOpenai(gateway);
  const common = path === '/responses' ? { model, input: 'Hello' } : { model, messages };
  const error = await rejection(client.post(path, { body: { ...common, ...request } }));
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', code, param });
  expect(error.message).toMatch(message ?? /./);
  expect(sent).toHaveLength(1);
  expect(upstreamTurns(simulator)).toEqual([]);
}

/** A message of some words and one more part. */
function contentOf(part: object): object {
  return { messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, part] }] };
}
