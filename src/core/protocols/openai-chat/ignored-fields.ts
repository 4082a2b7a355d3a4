import { ignoredIn, type KnownFields } from '../ignored-in.js';

/**
 * What a request may carry and nobody reads (openai.md §4): accepted, so that clients need not know the gateway, listed
 * here and in docs/openai-chat.md, so that nothing is lost in silence. A path names a key between dots, `*` is any
 * index, `{text}` a part whose `type` is `text`, `{user}` a message whose `role` is `user`.
 */

/** Of the request itself: counted by name whenever a request carries one. */
export const IGNORED_REQUEST_FIELDS = [
  'temperature', // no sampling upstream
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'logit_bias',
  'user',
  'safety_identifier',
  'metadata',
  'store', // no answer is stored
  'service_tier', // answered with `default`
  'verbosity',
  'prompt_cache_key', // but for a UUID, which names the conversation
  'prompt_cache_options',
  'prompt_cache_retention',
  'prediction',
  'web_search_options',
  'moderation',
] as const;

export const IGNORED_FIELDS_OF_PARTS = [
  'stream_options.include_obfuscation',
  'response_format.json_schema.name',
  'response_format.json_schema.strict', // the answer is checked either way
] as const;

/** Of messages and their parts. */
export const IGNORED_FIELDS_OF_MESSAGES = [
  '{system}.name',
  '{developer}.name',
  '{user}.name',
  '{assistant}.name',
  '{assistant}.audio',
  '{assistant}.reasoning_content', // a signature that would make it the model's own is nowhere in this API
  '{image_url}.image_url.detail',
  '*.prompt_cache_breakpoint',
] as const;

/** Read somewhere, or refused when they say anything. */
export const USED_REQUEST_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_completion_tokens',
  'max_tokens',
  'stop',
  'n',
  'logprobs',
  'top_logprobs',
  'modalities',
  'audio',
  'tools',
  'functions',
  'function_call',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
]);

const KNOWN: KnownFields = { ignored: new Set(IGNORED_REQUEST_FIELDS), used: USED_REQUEST_FIELDS };

/** The request's own fields that are ignored, by name; those that are not known as one `other`. */
export function ignoredFieldsOf(body: object): string[] {
  return ignoredIn(body, KNOWN);
}
