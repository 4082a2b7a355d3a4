import { strict as assert } from 'node:assert';
import { OrderCheck } from '../../../../src/core/messages/check-order.js';
import { EventParser } from '../../../../src/core/protocols/sse/event-parser.js';
import { MESSAGES } from '../formats/messages-format.js';
import type { Client } from './client.js';

export const MESSAGES_CLIENT: Client = {
  name: 'Messages',
  format: MESSAGES,
  paths: ['/v1/messages', '/v1/messages/count_tokens'],
  headers: (chance) => ({ 'anthropic-version': chance.of(['2023-06-01', '2026-10-21']) }),
  question: (words, chance) => ({
    model: 'claude-sonnet-4.5',
    max_tokens: 4_000,
    stream: chance.oneIn(2),
    ...chance.of([{}, { stop_sequences: ['a', '\n\n'] }, { thinking: { type: 'adaptive' } }]),
    messages: [{ role: 'user', content: words }],
  }),
  endOf: async (response) => {
    assert.match(response.headers.get('request-id') ?? '', /^req_[0-9a-f]{32}$/);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return endOfStream(response);
    assert.match(type, /^application\/json/);
    const body = (await response.json()) as Record<string, unknown>;
    if (response.status === 200) return 'whole';
    assertError(body);
    assert.notEqual(response.status, 500, JSON.stringify(body));
    return String(response.status);
  },
};

async function endOfStream(response: Response): Promise<string> {
  assert.equal(response.status, 200);
  const check = new OrderCheck();
  const parser = new EventParser();
  let error: Record<string, unknown> | undefined;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (const { name, data } of parser.push(chunk)) {
      const event = JSON.parse(data);
      assert.equal(event.type, name);
      assert.equal(error, undefined, 'an event after the error');
      if (name === 'ping') continue;
      if (name === 'error') error = event;
      else assert.equal(check.push(event), undefined);
    }
  }
  if (!error) {
    assert.equal(check.end(), undefined);
    return 'whole stream';
  }
  assertError(error);
  assert.notEqual(check.end(), undefined, 'an error after the end');
  return 'stream with an error';
}

function assertError(body: Record<string, unknown>): void {
  const { type, message } = body.error as Record<string, string>;
  assert.equal(body.type, 'error');
  assert.match(type ?? '', /_error$|^request_too_large$/);
  assert.notEqual(message, 'Internal server error');
  assert.match(String(body.request_id), /^req_/);
}
