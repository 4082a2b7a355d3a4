import {
  bodyOf,
  isAbsent,
  type JsonObject,
  listOf,
  nameOf,
  objectOf,
  oneOf,
  optionalBoolean,
  optionalInteger,
  optionalList,
  optionalObject,
  optionalString,
  stringOf,
} from '../openai/check-fields.js';
import { invalidInput } from '../openai/invalid-input.js';
import { isReference } from './items/type-of-item.js';
import type { Item, WireResponsesRequest } from './responses-request.js';

const LONGEST_MODEL = 256;

export const TRUNCATIONS = ['auto', 'disabled'] as const;

/** What would change the answer and has no counterpart here, with what is said of it (openai.md §6). */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['conversation', 'conversations are not kept here, send previous_response_id or the whole input'],
  ['prompt', 'prompt templates are not kept here, send instructions and input'],
]);

/**
 * Checks the fields of `POST /v1/responses` (openai.md §6): those of the request itself, and that `input` is text or a
 * list of objects; items and tools are checked where they are decoded. Null stands for a field that is not there.
 * @throws GatewayError `invalid_request`
 */
export function checkResponsesRequest(body: unknown): WireResponsesRequest {
  const fields = bodyOf(body);
  const model = nameOf(fields.model, 'model', LONGEST_MODEL);
  const input = itemsOf(fields);
  refuseFeatures(fields);
  checkSettings(fields);
  return {
    model,
    input,
    referencedIds: referencedIds(input),
    previousResponseId: optionalString(fields.previous_response_id, 'previous_response_id'),
    store: optionalBoolean(fields.store, 'store') ?? true,
    stream: optionalBoolean(fields.stream, 'stream') ?? false,
    isCompaction: input.at(-1)?.type === 'compaction_trigger',
    fields,
  };
}

function itemsOf({ input, previous_response_id }: JsonObject): readonly Item[] {
  // With what was said before there may be nothing to add.
  if (isAbsent(input) && typeof previous_response_id === 'string') return [];
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  const items = listOf(input ?? undefined, 'input');
  if (items.length === 0 && typeof previous_response_id !== 'string') {
    throw invalidInput('invalid_value', 'input', "Invalid 'input': empty array. Expected at least 1 item.");
  }
  return items.map((item, index) => objectOf(item, `input[${index}]`));
}

function referencedIds(input: readonly Item[]): readonly string[] {
  const ids = new Set<string>();
  for (const [index, item] of input.entries()) {
    if (isReference(item)) ids.add(stringOf(item.id, `input[${index}].id`));
  }
  return [...ids];
}

function refuseFeatures(fields: JsonObject): void {
  for (const [field, reason] of UNSUPPORTED) {
    if (isAbsent(fields[field])) continue;
    throw invalidInput('unsupported_parameter', field, `Unsupported parameter: '${field}': ${reason}.`);
  }
  if (optionalBoolean(fields.background, 'background')) {
    throw invalidInput('unsupported_value', 'background', "Unsupported value: 'background' can not be true here.");
  }
}

/** Those that nothing else checks: tools, choice and format have decoders of their own. */
function checkSettings(fields: JsonObject): void {
  optionalString(fields.instructions, 'instructions');
  optionalInteger(fields.max_output_tokens, 'max_output_tokens', 1);
  optionalBoolean(fields.parallel_tool_calls, 'parallel_tool_calls');
  optionalObject(fields.stream_options, 'stream_options');
  optionalObject(fields.text, 'text');
  optionalList(fields.tools, 'tools');
  if (!isAbsent(fields.truncation)) oneOf(fields.truncation, 'truncation', TRUNCATIONS);
  for (const [index, each] of (optionalList(fields.include, 'include') ?? []).entries()) {
    stringOf(each, `include[${index}]`);
  }
  const reasoning = optionalObject(fields.reasoning, 'reasoning');
  if (reasoning) {
    optionalString(reasoning.effort, 'reasoning.effort');
    optionalString(reasoning.summary, 'reasoning.summary');
  }
}
