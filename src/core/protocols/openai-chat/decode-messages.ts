import {
  isAbsent,
  type JsonObject,
  listOf,
  objectOf,
  optionalList,
  optionalObject,
  optionalString,
  stringOf,
  unknownValue,
} from '../openai/check-fields.js';
import type { ClientTools } from '../openai/client-tools.js';
import type { ConversationBuilder } from '../openai/conversation-builder.js';
import { invalidInput } from '../openai/invalid-input.js';
import type { MediaPlaces } from '../openai/media-places.js';
import { CUSTOM_INPUT } from '../openai/tool-definition.js';
import { ASSISTANT_PARTS, decodeContent, TEXT_PARTS, USER_PARTS } from './decode-parts.js';

/** What messages are decoded into. */
export interface Conversation {
  readonly turns: ConversationBuilder;
  readonly tools: ClientTools;
  readonly places: MediaPlaces;
}

/** @param param such as `messages[2]` */
type DecodeMessage = (message: JsonObject, param: string, conversation: Conversation) => void;

/** Messages by role (openai.md §4). */
const DECODERS: ReadonlyMap<string, DecodeMessage> = new Map([
  ['system', decodeInstructions],
  ['developer', decodeInstructions],
  ['user', decodeUser],
  ['assistant', decodeAssistant],
  ['tool', decodeToolResult],
  ['function', decodeFunctionResult],
]);

export const ROLES = [...DECODERS.keys()];

/**
 * Messages in their order.
 * @throws GatewayError `invalid_request` naming the first field that is wrong
 */
export function decodeMessages(value: unknown, conversation: Conversation): void {
  const messages = listOf(isAbsent(value) ? undefined : value, 'messages');
  if (messages.length === 0) {
    throw invalidInput('invalid_value', 'messages', "Invalid 'messages': empty array. Expected at least 1 item.");
  }
  for (let index = 0; index < messages.length; index++) {
    const param = `messages[${index}]`;
    const message = objectOf(messages[index], param);
    const role = stringOf(message.role, `${param}.role`);
    const decode = DECODERS.get(role);
    if (!decode) throw unknownValue(role, `${param}.role`, ROLES);
    decode(message, param, conversation);
  }
}

function decodeInstructions(message: JsonObject, param: string, { turns, places }: Conversation): void {
  const content = decodeContent(message.content, `${param}.content`, TEXT_PARTS, places);
  if (typeof content === 'string') turns.addSystem(content);
  else for (const { text } of content) turns.addSystem(text);
}

function decodeUser(message: JsonObject, param: string, { turns, places }: Conversation): void {
  turns.addUser(decodeContent(message.content, `${param}.content`, USER_PARTS, places));
}

/** What it said, then what it called: no order between them is told. */
function decodeAssistant(message: JsonObject, param: string, conversation: Conversation): void {
  const { turns, places } = conversation;
  if (!isAbsent(message.content)) {
    turns.addAssistant(decodeContent(message.content, `${param}.content`, ASSISTANT_PARTS, places));
  }
  turns.addAssistant(optionalString(message.refusal, `${param}.refusal`) ?? '');
  const calls = optionalList(message.tool_calls, `${param}.tool_calls`) ?? [];
  for (let index = 0; index < calls.length; index++)
    decodeCall(calls[index], `${param}.tool_calls[${index}]`, conversation);
  decodeFunctionCall(message, param, conversation);
}

function decodeCall(value: unknown, param: string, { turns, tools }: Conversation): void {
  const call = objectOf(value, param);
  const type = stringOf(call.type, `${param}.type`);
  const id = stringOf(call.id, `${param}.id`);
  if (type === 'function') {
    turns.addCall({ id, ...functionCallOf(objectOf(call.function, `${param}.function`), `${param}.function`, tools) });
  } else if (type === 'custom') {
    const called = objectOf(call.custom, `${param}.custom`);
    const name = stringOf(called.name, `${param}.custom.name`);
    const input = optionalString(called.input, `${param}.custom.input`) ?? '';
    const tool = tools.nameOf({ kind: 'custom', name }, `${param}.custom.name`);
    turns.addCall({ id, name: tool, input: { [CUSTOM_INPUT]: input } });
  } else {
    throw unknownValue(type, `${param}.type`, ['function', 'custom']);
  }
}

function decodeToolResult(message: JsonObject, param: string, { turns, places }: Conversation): void {
  const callId = stringOf(message.tool_call_id, `${param}.tool_call_id`);
  turns.addResult(callId, decodeContent(message.content, `${param}.content`, USER_PARTS, places));
}

/** Legacy: there is one call at a time, its result has the same name. */
function decodeFunctionCall(message: JsonObject, param: string, { turns, tools }: Conversation): void {
  const at = `${param}.function_call`;
  const call = optionalObject(message.function_call, at);
  if (call) turns.addCall({ id: legacyIdOf(stringOf(call.name, `${at}.name`)), ...functionCallOf(call, at, tools) });
}

function functionCallOf(call: JsonObject, param: string, tools: ClientTools) {
  const at = `${param}.name`;
  const name = tools.nameOf({ kind: 'function', name: stringOf(call.name, at) }, at);
  return { name, input: optionalString(call.arguments, `${param}.arguments`) ?? '' };
}

function decodeFunctionResult(message: JsonObject, param: string, { turns, places }: Conversation): void {
  const name = stringOf(message.name, `${param}.name`);
  const content = isAbsent(message.content) ? '' : message.content;
  turns.addResult(legacyIdOf(name), decodeContent(content, `${param}.content`, USER_PARTS, places));
}

/** No id of a tool call looks so. */
function legacyIdOf(name: string): string {
  return `function ${name}`;
}
