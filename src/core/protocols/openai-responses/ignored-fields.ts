import type { JsonObject } from '../openai/check-fields.js';

/**
 * What a request may carry and nobody reads (openai.md §6): accepted, so that clients need not know the gateway, listed
 * here and in docs/openai-responses.md, so that nothing is lost in silence. A path names a key between dots, `*` is any
 * index, `{message}` an item or a part whose `type` is `message`.
 */

/** Of the request itself: counted by name whenever a request carries one. The response repeats some of them. */
export const IGNORED_REQUEST_FIELDS = [
  'temperature', // no sampling upstream
  'top_p',
  'top_logprobs',
  'max_tool_calls', // no tool runs here
  'metadata',
  'user',
  'service_tier', // answered with `default`
  'safety_identifier',
  'prompt_cache_key', // but for a UUID, which names the conversation
  'prompt_cache_options',
  'prompt_cache_retention',
  'moderation',
  'context_management',
  'access_programs',
  'client_metadata',
  'image',
] as const;

export const IGNORED_FIELDS_OF_PARTS = [
  'stream_options.include_obfuscation',
  'text.verbosity',
  'text.format.name',
  'text.format.strict', // the answer is checked either way
  'reasoning.context',
  'reasoning.mode',
  'tools.*.defer_loading', // every tool is offered from the start
  'tools.*.allowed_callers',
  'tools.*.output_schema',
  'tools.*.async',
] as const;

/** Of items, and of the parts of their content. */
export const IGNORED_FIELDS_OF_ITEMS = [
  '*.id', // but of a reference: an item counts for what it carries (§10)
  '*.status',
  '{message}.phase',
  '{message}.internal_chat_message_metadata_passthrough',
  '{function_call}.caller',
  '{function_call_output}.caller',
  '{function_call_output}.name',
  '{function_call_output}.namespace',
  '{reasoning}.summary',
  '{reasoning}.content',
  '{additional_tools}.role',
  '{tool_search_call}.execution',
  '{tool_search_output}.execution',
  '{input_image}.detail',
  '{input_file}.detail',
  '{output_text}.annotations',
  '{output_text}.logprobs',
] as const;

/** Read somewhere, or refused when they say anything. */
export const USED_REQUEST_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'text',
  'reasoning',
  'store',
  'previous_response_id',
  'conversation',
  'include',
  'background',
  'prompt',
  'truncation',
]);

const COUNTED: ReadonlySet<string> = new Set(IGNORED_REQUEST_FIELDS);

/** Stands for every name that a client made up: a metric's label takes none of those. */
export const OTHER_FIELD = 'other';

/** The request's own fields that are ignored, by name; those that are not known as one `other`. */
export function ignoredFieldsOf(body: JsonObject): string[] {
  const ignored: string[] = [];
  let others = false;
  for (const field in body) {
    if (body[field] === null || USED_REQUEST_FIELDS.has(field)) continue;
    if (COUNTED.has(field)) ignored.push(field);
    else others = true;
  }
  if (others) ignored.push(OTHER_FIELD);
  return ignored;
}
