import fc from 'fast-check';
import { encodeSummary } from '../../../../src/core/protocols/openai-responses/compaction-summary.js';
import {
  encodeReasoning,
  type ThinkingInput,
} from '../../../../src/core/protocols/openai-responses/encrypted-reasoning.js';
import { NOTES } from '../../../../src/core/protocols/openai-responses/items/hosted-items.js';
import { OWN_SEALS } from '../own-seals.js';
import { anyJson, anyJsonObject, anyText } from '../text.js';
import { block, withExtras } from '../with-extras.js';
import { effort, nullable, sparse, unread } from './fields.js';
import { fileOrUrl, imageUrl } from './media.js';
import { outputFormat } from './output-format.js';
import { argumentsText, callId, functionName, type Json, namespaceName, responsesTools } from './tools.js';

type Items = fc.Arbitrary<Json>;

const detail = fc.constantFrom('auto', 'high', 'original', null);
const input = block('input_text', { text: anyText });
const image = block('input_image', { image_url: imageUrl }, { detail, file_id: fc.constant(null) });
const file = fc.tuple(block('input_file', {}, { detail }), fileOrUrl).map(([part, fields]) => ({ ...part, ...fields }));
const output = block('output_text', { text: anyText }, { annotations: unread, logprobs: unread });
const refusal = block('refusal', { refusal: anyText });
const plain = block('text', { text: anyText });

const spoken: Items = fc.oneof(input, output, refusal, plain);
const shown: Items = fc.oneof(
  { weight: 5, arbitrary: input },
  { weight: 1, arbitrary: spoken },
  { weight: 1, arbitrary: image },
  { weight: 1, arbitrary: file },
);
const contentOf = (part: Items) => fc.oneof(anyText, fc.array(part, { maxLength: 3 }));

/** What every item may carry and nobody reads (openai.md §6, §10). */
const carried = sparse({
  id: fc.constantFrom(null, '', 'msg_made_elsewhere'),
  status: fc.constantFrom('completed', 'in_progress', null),
  phase: fc.constant('commentary'),
  internal_chat_message_metadata_passthrough: unread,
});

function item(
  type: string,
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): Items {
  return fc.tuple(block(type, required, optional), carried).map(([each, more]) => ({ ...more, ...each }));
}

function message(roles: readonly string[], content: fc.Arbitrary<unknown>): Items {
  const spelled = item('message', { role: fc.constantFrom(...roles), content });
  return fc.tuple(spelled, fc.constantFrom('typed', 'untyped', 'null')).map(([{ type, ...rest }, way]) => {
    if (way === 'untyped') return rest;
    return { ...rest, type: way === 'null' ? null : type };
  });
}

const called = { namespace: fc.oneof(namespaceName, fc.constant(null)), caller: unread };
const argumentsOf = fc.oneof(
  { weight: 4, arbitrary: nullable(argumentsText) },
  { weight: 1, arbitrary: anyJsonObject },
);

const calls: Items = fc.oneof(
  {
    weight: 3,
    arbitrary: item('function_call', { call_id: callId, name: functionName }, { ...called, arguments: argumentsOf }),
  },
  {
    weight: 2,
    arbitrary: item(
      'custom_tool_call',
      { call_id: callId, name: functionName },
      { ...called, input: nullable(anyText) },
    ),
  },
  {
    weight: 1,
    arbitrary: item('tool_search_call', {}, { call_id: nullable(callId), execution: unread, arguments: argumentsOf }),
  },
);

const results: Items = fc.oneof(
  {
    weight: 3,
    arbitrary: item('function_call_output', { output: contentOf(shown) }, { ...called, call_id: nullable(callId) }),
  },
  {
    weight: 2,
    arbitrary: item('custom_tool_call_output', { output: contentOf(shown) }, { call_id: nullable(callId) }),
  },
  {
    weight: 1,
    arbitrary: item('tool_search_output', { tools: responsesTools }, { call_id: nullable(callId), execution: unread }),
  },
);

const thinking: fc.Arbitrary<ThinkingInput> = fc.oneof(
  fc.record({
    type: fc.constant('thinking' as const),
    thinking: anyText,
    signature: fc.constantFrom('', 'c2lnbmF0dXJl', ...OWN_SEALS),
  }),
  fc.record({ type: fc.constant('redacted_thinking' as const), data: fc.constantFrom('AAAA', ...OWN_SEALS) }),
);

/** Under our own mark, and not of ours. */
const FORGED = [
  '',
  '[]',
  '{}',
  '[[]]',
  '[[1]]',
  '[["a","b","c"]]',
  '{"length":1}',
  '[[[["a"]]]]',
  'null',
  '[["a","b"],[]]',
].map((json) => `amqr1.${Buffer.from(json).toString('base64url')}`);

const reasoning: Items = item(
  'reasoning',
  { summary: fc.array(block('summary_text', { text: anyText }), { maxLength: 2 }) },
  {
    content: nullable(fc.array(block('reasoning_text', { text: anyText }), { maxLength: 2 })),
    encrypted_content: fc.oneof(
      fc.array(thinking, { minLength: 1, maxLength: 3 }).map(encodeReasoning),
      fc.constantFrom(null, '', 'gAAAAA-of-another-service', ...FORGED),
    ),
  },
);

const compaction: Items = fc
  .tuple(fc.constantFrom('compaction', 'compaction_summary'), anyText)
  .map(([type, summary]) => ({ type, id: 'cmp_1', encrypted_content: encodeSummary(summary) }));

const configuration: Items = item(
  'configuration_update',
  {},
  { reasoning: nullable(sparse({ effort })), text: nullable(sparse({ format: outputFormat('flat') })) },
);

/** Traces of tools that others run: nobody checks what is in them. */
const hosted: Items = fc
  .tuple(fc.constantFrom(...NOTES.keys()), anyJsonObject, anyJson, anyText)
  .map(([type, fields, body, words]) => ({
    ...fields,
    action: body,
    output: [{ type: 'text', text: words, filename: words }, body],
    name: words,
    arguments: words,
    approve: false,
    type,
  }));

const silent: Items = fc.constantFrom<Json>(
  { type: 'compaction_trigger' },
  { type: 'mcp_list_tools', tools: [] },
  { type: 'of_a_later_version', content: 7 },
  { type: '__proto__' },
  { type: 'constructor', content: 'text' },
);

/** Everything that says something by itself (openai.md §6). */
export const anyItem: Items = fc.oneof(
  { weight: 4, arbitrary: message(['user'], contentOf(shown)) },
  { weight: 2, arbitrary: message(['system', 'developer'], contentOf(shown)) },
  { weight: 2, arbitrary: message(['assistant'], contentOf(spoken)) },
  { weight: 5, arbitrary: calls },
  { weight: 5, arbitrary: results },
  { weight: 2, arbitrary: reasoning },
  { weight: 1, arbitrary: item('additional_tools', { tools: responsesTools, role: fc.constant('developer') }) },
  { weight: 1, arbitrary: compaction },
  { weight: 1, arbitrary: configuration },
  { weight: 1, arbitrary: hosted },
  { weight: 1, arbitrary: silent },
);

/** A reference to what is stored under the id. */
export function referenceTo(id: string): Items {
  return fc.constantFrom<Json>({ type: 'item_reference', id }, { id }, { type: null, id }, withStatus(id));
}

function withStatus(id: string): Json {
  return { type: 'item_reference', id, status: 'completed' };
}

/** One to reasoning that is stored no longer can be done without (openai.md §10). */
export const lostReasoning: Items = fc.constant({ type: 'item_reference', id: 'rs_gone' });

/** An item with an id of its own, as it is stored. */
export function storedItem(id: string): Items {
  return withExtras(anyItem).map((each) => ({ ...each, id }));
}
