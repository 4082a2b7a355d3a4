import { ignoredIn, type KnownFields } from '../ignored-in.js';

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
  '*.prompt_cache_breakpoint',
  '{function_call}.async',
  '{function_call}.caller',
  '{custom_tool_call}.async',
  '{custom_tool_call}.caller',
  '{custom_tool_call_output}.caller',
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
  '{configuration_update}.text.format.name',
  '{configuration_update}.text.format.strict',
] as const;

/** Of traces of tools that others run: what says nothing to a model that can't call them. */
export const IGNORED_FIELDS_OF_NOTES = [
  '{local_shell_call}.call_id',
  '{local_shell_call}.action.env',
  '{local_shell_call}.action.timeout_ms',
  '{local_shell_call}.action.user',
  '{local_shell_call}.action.working_directory',
  '{shell_call}.call_id',
  '{shell_call}.action.max_output_length',
  '{shell_call}.action.timeout_ms',
  '{shell_call}.caller',
  '{shell_call}.environment',
  '{shell_call_output}.call_id',
  '{shell_call_output}.caller',
  '{shell_call_output}.max_output_length',
  '{apply_patch_call}.call_id',
  '{apply_patch_call}.caller',
  '{apply_patch_call_output}.call_id',
  '{apply_patch_call_output}.caller',
  '{web_search_call}.action.sources',
  '{file_search_call}.results.*.attributes',
  '{file_search_call}.results.*.file_id',
  '{file_search_call}.results.*.score',
  '{code_interpreter_call}.container_id',
  '{code_interpreter_call}.outputs.*.url',
  '{computer_call}.call_id',
  '{computer_call}.actions.*.path',
  '{computer_call}.actions.*.scroll_x',
  '{computer_call}.actions.*.scroll_y',
  '{computer_call}.pending_safety_checks',
  '{computer_call_output}.call_id',
  '{computer_call_output}.acknowledged_safety_checks',
  '{computer_call_output}.output.file_id',
  '{computer_call_output}.output.image_url',
  '{image_generation_call}.action',
  '{image_generation_call}.background',
  '{image_generation_call}.error',
  '{image_generation_call}.output_format',
  '{image_generation_call}.quality',
  '{image_generation_call}.result',
  '{image_generation_call}.size',
  '{image_generation_call}.svg_usage',
  '{mcp_call}.approval_request_id',
  '{mcp_call}.error.code',
  '{mcp_call}.server_label',
  '{mcp_approval_request}.server_label',
  '{mcp_approval_response}.approval_request_id',
  '{mcp_list_tools}',
  '{program}.call_id',
  '{program}.fingerprint',
  '{program_output}.call_id',
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

const KNOWN: KnownFields = { ignored: new Set(IGNORED_REQUEST_FIELDS), used: USED_REQUEST_FIELDS };

/** The request's own fields that are ignored, by name; those that are not known as one `other`. */
export function ignoredFieldsOf(body: object): string[] {
  return ignoredIn(body, KNOWN);
}
