import { strict as assert } from 'node:assert';
import type { GatewayError } from '../../../../src/core/errors.js';
import { ClientTools } from '../../../../src/core/protocols/openai/client-tools.js';
import { encodeError } from '../../../../src/core/protocols/openai/encode-error.js';
import { CLIENT_TOOL_NAMES, CLIENT_TOOLS, CLIENT_WIRE_NAMES } from '../../openai/client-tools.js';
import { assertChat } from '../../openai/expect-chat.js';
import { assertErrorObject } from '../../openai/expect-error.js';
import { assertResponses } from '../../openai/expect-responses.js';
import { sendChat, sendResponses } from '../../openai/send-openai.js';
import { BINDINGS } from '../../send-request.js';
import { CHAT_TYPES, chatBodies } from './chat-bodies.js';
import type { Format } from './format.js';
import { RESPONSES_TYPES, responsesBodies } from './responses-bodies.js';

const tools = { wireNames: CLIENT_WIRE_NAMES, toolNames: CLIENT_TOOL_NAMES };
/** A client of the old functions has nothing else. */
const FUNCTIONS = new ClientTools();

export const CHAT: Format = {
  ...tools,
  goodBodies: (seed) =>
    chatBodies(seed).map((text) => ({ text, send: (spoilt, chance) => sendChat(spoilt, chance.of(BINDINGS)) })),
  types: CHAT_TYPES,
  expectRefusal,
  tell: (read, chance) => {
    const isLegacy = chance.oneIn(4);
    return assertChat(read, isLegacy ? FUNCTIONS : CLIENT_TOOLS, isLegacy);
  },
};

export const RESPONSES: Format = {
  ...tools,
  goodBodies: (seed) =>
    responsesBodies(seed).map(({ text, past }) => ({
      text,
      send: (spoilt, chance) => sendResponses(spoilt, structuredClone(past), chance.of(BINDINGS)),
    })),
  types: RESPONSES_TYPES,
  expectRefusal,
  tell: (read, chance) =>
    assertResponses(read, {
      tools: CLIENT_TOOLS,
      showsSummary: chance.oneIn(2),
      includesEncryptedReasoning: chance.oneIn(2),
      store: chance.oneIn(2),
      isCompaction: chance.oneIn(8),
    }),
};

/** A refusal names a field of the client's own request, and is no fault of ours. */
function expectRefusal(error: GatewayError): void {
  const { status, body } = encodeError(error);
  assertErrorObject(body.error);
  assert.ok(status >= 400 && status < 500, `status ${status}: ${body.error.message}`);
  const { param, message } = body.error;
  // Steps of Messages are numbers between dots.
  for (const text of [param ?? '', message]) assert.doesNotMatch(text, /\b(messages|tools|system)\.\d+\b/);
  if (status !== 404 && !message.includes('request body')) assert.notEqual(param, null, message);
}
