import { strict as assert } from 'node:assert';
import type fc from 'fast-check';
import { decodeChatRequest } from '../../../../src/core/protocols/openai-chat/decode-request.js';
import { validChatRequest } from '../../generate/openai/chat-requests.js';
import { validResponsesRequest } from '../../generate/openai/response-requests.js';
import { readChatOrder } from '../../openai/chat-order.js';
import { assertSame, withoutEmptyText } from '../../openai/expect-chat.js';
import { assertErrorObject } from '../../openai/expect-error.js';
import { foldChat } from '../../openai/fold-chat.js';
import { readResponsesOrder } from '../../openai/responses-order.js';
import type { Question } from './question.js';

// biome-ignore lint/suspicious/noExplicitAny: an answer under test, looked into at any depth
type Json = any;

export const chatQuestion: fc.Arbitrary<Question> = validChatRequest.map(
  // Limits are counted in tokens, and how a model counts is learnt on the way.
  ({ max_tokens: _old, max_completion_tokens: _limit, ...request }) => {
    const messages = (mark: string) => [{ role: 'system', content: mark }, ...request.messages];
    const { isLegacy } = decodeChatRequest(structuredClone(request));
    return {
      client: 'Chat',
      path: '/v1/chat/completions',
      headers: {},
      body: (mark, stream) => ({
        ...request,
        messages: messages(mark),
        stream,
        stream_options: { include_usage: true },
      }),
      compare: async (streamed, whole) => {
        const [text, answer] = [await streamed.text(), await whole.json()];
        const refused = refusalOf(streamed, text, whole, answer);
        if (refused) return refused;
        const { chunks, error } = readChatOrder(text, { includeUsage: true, isLegacy });
        if (error !== undefined) return errorInStream(error, whole, answer);
        assert.equal(whole.status, 200, JSON.stringify(answer));
        assertSame(completion(withoutEmptyText(foldChat(chunks))), completion(answer));
        return (answer as Json).choices[0].finish_reason;
      },
    };
  },
);

/** Not its id and time, nor what it cost, which may be learnt between. */
function completion({ id: _id, created: _created, usage: _usage, ...said }: Json): Json {
  return said;
}

export const responsesQuestion: fc.Arbitrary<Question> = validResponsesRequest.map(({ body, previous, items }) => {
  const { previous_response_id: _past, max_output_tokens: _limit, instructions, input, ...request } = body;
  // Nothing is stored: what would be is sent.
  const own = Array.isArray(input) ? input.map((item) => items.find(({ id }) => id === item.id) ?? item) : input;
  const said = typeof own === 'string' ? [{ role: 'user', content: own }] : (own ?? []);
  const sent = [...previous.filter(({ type }) => type !== 'compaction_trigger'), ...said];
  return {
    client: 'Responses',
    path: '/v1/responses',
    headers: {},
    body: (mark, stream) => ({ ...request, input: sent, stream, instructions: `${mark} ${instructions ?? ''}` }),
    compare: async (streamed, whole) => {
      const [text, answer] = [await streamed.text(), await whole.json()];
      const refused = refusalOf(streamed, text, whole, answer);
      if (refused) return refused;
      const { response, error } = readResponsesOrder(text);
      if (error !== undefined) return errorInStream(error, whole, answer);
      assert.equal(whole.status, 200, JSON.stringify(answer));
      assertSame(responseSaid(response), responseSaid(answer));
      return (answer as Json).status;
    },
  };
});

/** Not its ids and times, nor what it cost. */
function responseSaid({ created_at: _c, completed_at: _d, usage: _u, instructions: _i, ...said }: Json): Json {
  const ids = /\b(resp|msg|fc|ctc|rs|tsc|cmp)_[0-9a-f]{32}/g;
  return JSON.parse(JSON.stringify(said).replaceAll(ids, '$1_'));
}

/** What both are told where nothing was streamed. */
function refusalOf(streamed: Response, text: string, whole: Response, answer: Json): string | undefined {
  if (streamed.headers.get('content-type')?.startsWith('text/event-stream') === true) return undefined;
  const refusal = JSON.parse(text);
  assert.equal(whole.status, streamed.status, text);
  assertErrorObject(refusal.error);
  assertSame(refusal, answer);
  return `error ${whole.status}`;
}

/** A code may mean something else in a stream; the words are the same. */
function errorInStream(error: Json, whole: Response, answer: Json): string {
  assertErrorObject(error);
  assertErrorObject(answer.error);
  assert.notEqual(whole.status, 200);
  assert.equal(error.message.replace(/ Please try again in \d+s\.$/, ''), answer.error.message);
  return 'error in the stream';
}
