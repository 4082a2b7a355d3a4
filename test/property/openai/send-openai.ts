import { GatewayError } from '../../../src/core/errors.js';
import type { MessagesRequest } from '../../../src/core/messages/vocabulary.js';
import type { RequestChange } from '../../../src/core/pool/failure.js';
import { decodeRequest } from '../../../src/core/protocols/anthropic/decode-request.js';
import type { DecodedRequest } from '../../../src/core/protocols/openai/decoded-request.js';
import { type InputParam, inClientTerms } from '../../../src/core/protocols/openai/in-client-terms.js';
import { decodeChatRequest } from '../../../src/core/protocols/openai-chat/decode-request.js';
import { ignoredFieldsOf as ignoredOfChat } from '../../../src/core/protocols/openai-chat/ignored-fields.js';
import { checkResponsesRequest } from '../../../src/core/protocols/openai-responses/check-request.js';
import { decodeResponsesRequest } from '../../../src/core/protocols/openai-responses/decode-request.js';
import { ignoredFieldsOf as ignoredOfResponses } from '../../../src/core/protocols/openai-responses/ignored-fields.js';
import type { FoundItems, Item } from '../../../src/core/protocols/openai-responses/responses-request.js';
import { truncateTurns } from '../../../src/core/protocols/openai-responses/truncate-turns.js';
import { conversationNameOf } from '../../../src/proxy/conversation-name.js';
import { type Binding, sendDecoded, type Verdict, verdictOf } from '../send-request.js';

type Sent = Exclude<Verdict, { by: 'gateway' }>;

/** The walk of a Chat body up to the service's own checks. @throws whatever is no refusal: a crash */
export function sendChat(body: unknown, binding: Binding, changes: readonly RequestChange[] = []): Verdict {
  return verdictOf(() => {
    const chat = decodeChatRequest(body);
    ignoredOfChat(body as object);
    conversationNameOf({}, undefined, chat.cacheKey);
    return inTerms(chat, chat.request, 'messages', () => sendDecoded(chat.request, binding, changes));
  });
}

/** What the store has. */
export interface Past {
  previous: readonly Item[];
  /** Each with an id of its own. */
  items: readonly Item[];
}

/**
 * The same for a Responses body, and for the conversation made shorter, as with `truncation: auto`.
 * @throws whatever is no refusal: a crash
 */
export function sendResponses(
  body: unknown,
  { previous, items }: Past,
  binding: Binding,
  changes: readonly RequestChange[] = [],
): Verdict {
  return verdictOf(() => {
    const wire = checkResponsesRequest(body);
    ignoredOfResponses(wire.fields);
    const found: FoundItems = {
      previous: wire.previousResponseId === undefined ? [] : previous,
      items: new Map(items.map((item) => [item.id as string, item])),
    };
    const decoded = decodeResponsesRequest(wire, found);
    // What is repeated and stored has to be JSON that can be spelt.
    JSON.stringify([decoded.settings, decoded.newItems]);
    conversationNameOf({}, undefined, decoded.cacheKey);
    const send = (request: MessagesRequest) =>
      inTerms(decoded, request, 'input', () => sendDecoded(request, binding, changes));
    const shorter = truncateTurns(decoded.request, 0.5);
    if (shorter) send(shorter);
    return send(decoded.request);
  });
}

/**
 * What is decoded is a Messages request that nobody could tell from one that came so, and what is wrong with it further
 * down is told in the client's own terms.
 */
function inTerms(decoded: DecodedRequest, request: MessagesRequest, input: InputParam, send: () => Sent): Sent {
  assertMessagesRequest(request);
  try {
    return send();
  } catch (error) {
    throw error instanceof GatewayError ? inClientTerms(error, request, decoded.places, input) : error;
  }
}

function assertMessagesRequest(request: MessagesRequest): void {
  try {
    decodeRequest(request);
  } catch (cause) {
    // Not a refusal: the client did nothing wrong.
    throw new Error(`no Messages request: ${(cause as Error).message}`, { cause });
  }
}
