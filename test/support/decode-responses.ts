import type { JsonObject } from '../../src/core/protocols/openai/check-fields.js';
import { checkResponsesRequest } from '../../src/core/protocols/openai-responses/check-request.js';
import { decodeResponsesRequest } from '../../src/core/protocols/openai-responses/decode-request.js';
import type { FoundItems, ResponsesRequest } from '../../src/core/protocols/openai-responses/responses-request.js';
import { refusalOf } from './refusal-of.js';

export interface Stored {
  previous?: readonly JsonObject[];
  /** Each with an id of its own. */
  items?: readonly JsonObject[];
}

/** A body of `POST /v1/responses` with what the store has of it, decoded as a request is; `model` and `input` are given. */
export function decodeResponses(fields: object, { previous = [], items = [] }: Stored = {}): ResponsesRequest {
  const found: FoundItems = { previous, items: new Map(items.map((item) => [item.id as string, item])) };
  return decodeResponsesRequest(checkResponsesRequest({ model: 'm', input: 'Hi', ...fields }), found);
}

/** What a client is told of such a body: code, param, message. */
export function responsesRefusal(fields: object, stored?: Stored): [code: unknown, param: unknown, message: string] {
  const { kind, code, path, message } = refusalOf(() => decodeResponses(fields, stored));
  return [kind === 'invalid_request' ? code : kind, path, message];
}

/** What the model is shown of items. */
export const messagesOf = (input: readonly unknown[], stored?: Stored) =>
  decodeResponses({ input }, stored).request.messages;
