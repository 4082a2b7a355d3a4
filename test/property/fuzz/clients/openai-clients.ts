import { strict as assert } from 'node:assert';
import { decodeChatRequest } from '../../../../src/core/protocols/openai-chat/decode-request.js';
import { readChatOrder } from '../../openai/chat-order.js';
import { assertErrorObject } from '../../openai/expect-error.js';
import { expectKeys } from '../../openai/expect-keys.js';
import { readResponsesOrder } from '../../openai/responses-order.js';
import { toldByCompletion, toldByResponse } from '../../openai/told-message.js';
import { CHAT, RESPONSES } from '../formats/openai-formats.js';
import type { Client } from './client.js';

// biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
type Json = any;

const model = 'claude-sonnet-4.5';

export const CHAT_CLIENT: Client = {
  name: 'Chat',
  format: CHAT,
  paths: ['/v1/chat/completions'],
  headers: () => ({}),
  question: (words, chance) => ({
    model,
    stream: chance.oneIn(2),
    ...chance.of([{}, { stop: ['a', '\n\n'] }, { reasoning_effort: 'high', stream_options: { include_usage: true } }]),
    messages: [{ role: 'user', content: words }],
  }),
  endOf: async (response, sent) => {
    const answer = await bodyOf(response);
    if (typeof answer !== 'string') return endOfJson(response, answer, toldByCompletion);
    const { includeUsage, isLegacy } = decodeChatRequest(JSON.parse(sent));
    return endOfStream(readChatOrder(answer, { includeUsage, isLegacy }).error);
  },
};

export const RESPONSES_CLIENT: Client = {
  name: 'Responses',
  format: RESPONSES,
  paths: ['/v1/responses', '/v1/responses/input_tokens', '/v1/responses/compact'],
  headers: () => ({}),
  question: (words, chance) => ({
    model,
    stream: chance.oneIn(2),
    store: chance.oneIn(2),
    ...chance.of([{}, { truncation: 'auto' }, { reasoning: { effort: 'high', summary: 'auto' } }]),
    input: words,
  }),
  endOf: async (response) => {
    const answer = await bodyOf(response);
    if (typeof answer !== 'string') return endOfJson(response, answer, readResponse);
    return endOfStream(readResponsesOrder(answer).error);
  },
  lookUp: (chance) => ({
    method: chance.of(['GET', 'GET', 'DELETE']),
    path: `/v1/responses/${chance.of(IDS)}${chance.of(['', '', '/input_items', '/cancel'])}${chance.of(QUERIES)}`,
  }),
};

/** What may stand for an id in a path. */
const IDS = [
  `resp_${'0'.repeat(32)}`,
  ...['resp_', 'input_tokens', 'compact', '%20', '%00', '%FF', '..%2f..', '%F0%9F%92%A9', "'--", '__proto__', '%25s'],
  'x'.repeat(4_000),
];
const QUERIES = [
  ...[
    '',
    '',
    '?limit=1',
    '?limit=-1',
    '?limit=1e9',
    '?limit=&order=',
    '?limit[]=1&limit[]=2',
    '?order=desc',
    '?after=%00',
  ],
  ...['?after[a]=b', '?include[]=x&include=y', '?stream=true', '?__proto__[a]=b', `?after=${'x'.repeat(4_000)}`],
];

/** Text of a stream, or parsed JSON. */
async function bodyOf(response: Response): Promise<Json> {
  assert.match(response.headers.get('x-request-id') ?? '', /^req_[0-9a-f]{32}$/);
  assert.equal(response.headers.get('openai-version'), '2020-10-01');
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  if (type.startsWith('text/event-stream')) {
    assert.equal(response.status, 200);
    assert.notEqual(text, '', 'a stream of nothing');
    return text;
  }
  assert.match(type, /^application\/json/);
  return JSON.parse(text);
}

function endOfJson(response: Response, body: Json, read: (body: Json) => unknown): string {
  if (response.status === 200) {
    read(body);
    return 'whole';
  }
  expectKeys(body, ['error'], 'a refusal');
  assertErrorObject(body.error);
  assert.notEqual(response.status, 500, JSON.stringify(body));
  return String(response.status);
}

function endOfStream(error: unknown): string {
  if (error === undefined) return 'whole stream';
  assertErrorObject(error);
  return 'stream with an error';
}

function readResponse(body: Json): void {
  if (body.object === 'response.input_tokens') assert.ok(body.input_tokens >= 1);
  else if (body.object === 'response.compaction') assert.equal(body.output.at(-1).type, 'compaction');
  else {
    assert.match(body.status, /^(completed|incomplete)$/);
    toldByResponse(body);
  }
}
