import { isObject, type JsonObject, optionalString, stringOf } from '../../openai/check-fields.js';
import type { ClientTool } from '../../openai/client-tools.js';
import type { Item } from '../responses-request.js';
import { decodeContent } from './content-parts.js';
import type { Conversation, DecodeItem } from './decode-item.js';

export const decodeFunctionCall: DecodeItem = (item, param, conversation) => {
  addCall(item, param, conversation, 'function', argumentsOf(item.arguments, `${param}.arguments`));
};

export const decodeCustomToolCall: DecodeItem = (item, param, conversation) => {
  addCall(item, param, conversation, 'custom', { input: optionalString(item.input, `${param}.input`) ?? '' });
};

/** Of a function or of a custom tool. One that names no call stays as the user's words, as one whose call is gone. */
export const decodeCallOutput: DecodeItem = (item, param, { turns, places }) => {
  const id = optionalString(item.call_id, `${param}.call_id`) ?? '';
  turns.addResult(id, decodeContent(item.output, `${param}.output`, places));
};

/** JSON text, or the object itself; what a model wrote wrong goes back to it as it is. */
export function argumentsOf(value: unknown, param: string): JsonObject | string {
  return isObject(value) ? value : (optionalString(value, param) ?? '');
}

function addCall(
  item: Item,
  param: string,
  { turns, tools }: Conversation,
  kind: ClientTool['kind'],
  input: JsonObject | string,
): void {
  const id = stringOf(item.call_id, `${param}.call_id`);
  const at = `${param}.name`;
  const name = stringOf(item.name, at);
  const namespace = optionalString(item.namespace, `${param}.namespace`);
  const tool = { kind, name, ...(namespace !== undefined && { namespace }) };
  turns.addCall({ id, name: tools.nameOf(tool, at), input });
}
