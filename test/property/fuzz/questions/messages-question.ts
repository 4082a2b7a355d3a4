import { strict as assert } from 'node:assert';
import type fc from 'fast-check';
import { readEvents } from '../../../support/ask.js';
import { type VersionedRequest, validRequest } from '../../generate/requests.js';
import { assertSame } from '../../openai/expect-chat.js';
import { accumulateJson } from '../../spell-stream.js';
import { FAR_LIMIT, type Question } from './question.js';

// biome-ignore lint/suspicious/noExplicitAny: an answer under test, looked into at any depth
type Json = any;

export const messagesQuestion: fc.Arbitrary<Question> = validRequest.map(({ version, body }) => ({
  client: 'Messages',
  path: '/v1/messages',
  headers: { 'anthropic-version': version },
  body: (mark, stream) => ({ ...body, max_tokens: FAR_LIMIT, stream, system: marked(body.system, mark) }),
  compare,
}));

function marked(system: VersionedRequest['body']['system'], mark: string): unknown {
  if (system === null || system === undefined) return mark;
  return typeof system === 'string' ? `${mark} ${system}` : [{ type: 'text', text: mark }, ...system];
}

async function compare(streamed: Response, whole: Response): Promise<string> {
  const answer: Json = await whole.json();
  if (streamed.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    const refusal: Json = await streamed.json();
    assert.equal(whole.status, streamed.status);
    assertSame(refusal.error, answer.error);
    assert.equal(refusal.error.message === 'Internal server error', false);
    return `error ${whole.status}`;
  }
  const events = await readEvents(streamed);
  const last = events.at(-1);
  if (last?.type === 'error') {
    assert.notEqual(whole.status, 200);
    assertSame(last.error, answer.error);
    return 'error in the stream';
  }
  assert.equal(whole.status, 200, JSON.stringify(answer));
  assertSame(said(accumulateJson(events)), said(answer));
  return answer.stop_reason;
}

/** What both forms of an answer have to agree on: not their ids, nor what they cost, which may be learnt between. */
function said({ content, stop_reason, stop_sequence, stop_details, role, model, type }: Json): Json {
  const text = JSON.stringify({ content, stop_reason, stop_sequence, stop_details, role, model, type });
  return JSON.parse(text.replaceAll(/srvtoolu_[0-9a-f]+/g, 'srvtoolu_'));
}
