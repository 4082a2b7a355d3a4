import { ignoredIn, type KnownFields } from '../ignored-in.js';
import type { JsonObject } from './check-shape.js';

/**
 * What a request may carry and nobody reads (anthropic.md §3–§5): accepted, so that clients need not know the gateway,
 * listed here and in docs/anthropic.md, so that nothing is lost in silence. A path names a key between dots; `*` is
 * any name or index, `{text}` an item whose `type` is `text`. What lies below a path is ignored with it.
 */

/** Of the request itself: counted by name whenever a request carries one. */
export const IGNORED_REQUEST_FIELDS = [
  'temperature', // no sampling upstream; the newest version refuses them (§2)
  'top_p',
  'top_k',
  'metadata', // but for `user_id`, which names the conversation
  'cache_control',
  'context_management', // edits save the real API's clients tokens: none is applied, the answer says so
  'service_tier',
  'speed',
  'inference_geo',
  'diagnostics',
  'fallbacks',
  'fallback_credit_token',
  'billing_policy',
  'output_config.task_budget',
] as const;

export const IGNORED_FIELDS_OF_PARTS = [
  'thinking.budget_tokens', // upstream thinks as much as it likes
  'thinking.block_binding',
  'tools.*.cache_control',
  'tools.*.eager_input_streaming', // a tool's input is held until complete
  'tools.*.allowed_callers',
  'tools.*.max_uses', // of a web search, as what follows
  'tools.*.allowed_domains',
  'tools.*.blocked_domains',
  'tools.*.user_location',
  'tools.*.response_inclusion',
] as const;

/** Of content blocks, wherever they stand. */
export const IGNORED_FIELDS_OF_BLOCKS = [
  '*.cache_control',
  '{text}.citations',
  '{document}.citations',
  '{search_result}.citations',
  '{image}.transformations',
  '{tool_use}.caller',
  '{tool_use}.toolset_name',
  '{tool_result}.toolset_name',
  '{tool_addition}.tool.definition.cache_control',
  '{tool_addition}.tool.definition.eager_input_streaming',
  '{tool_addition}.tool.definition.allowed_callers',
  // Echoes and the like: what speaks to a model stays, as text.
  '{server_tool_use}.id',
  '{server_tool_use}.caller',
  '{web_search_tool_result}.tool_use_id',
  '{web_search_tool_result}.caller',
  '{web_search_tool_result}.content.*.encrypted_content',
  '{web_search_tool_result}.content.*.page_age',
  '{web_fetch_tool_result}.tool_use_id',
  '{web_fetch_tool_result}.caller',
  '{web_fetch_tool_result}.content.retrieved_at',
  '{code_execution_tool_result}.tool_use_id',
  '{code_execution_tool_result}.content.content',
  '{code_execution_tool_result}.content.encrypted_stdout',
  '{bash_code_execution_tool_result}.tool_use_id',
  '{bash_code_execution_tool_result}.content.content',
  '{text_editor_code_execution_tool_result}.tool_use_id',
  '{text_editor_code_execution_tool_result}.content.file_type',
  '{tool_search_tool_result}.tool_use_id',
  '{mcp_tool_use}.id',
  '{mcp_tool_use}.server_name',
  '{mcp_tool_result}.tool_use_id',
  '{mcp_tool_result}.is_error',
  '{advisor_tool_result}.tool_use_id',
  '{advisor_tool_result}.content.encrypted_content',
  '{mcp_tool_listing}',
  '{compaction}.encrypted_content',
  '{compaction}.signature',
  '{compaction}.tool_changes',
  '{fallback}',
] as const;

/** Of blocks that go upstream in one case only: the account and model asked made them, and a turn begins with them. */
export const BLOCKS_FOR_THEIR_MAKER = ['{thinking}', '{redacted_thinking}'] as const;

/** Read somewhere, or refused when they say anything. */
const USED_REQUEST_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'tools',
  'tool_choice',
  'thread',
  'container',
  'mcp_servers',
  'compaction',
]);

const KNOWN: KnownFields = { ignored: new Set(IGNORED_REQUEST_FIELDS), used: USED_REQUEST_FIELDS };

/** The request's own fields that are ignored, by name; those that are not known as one `other`. */
export function ignoredFieldsOf(request: object): string[] {
  const { task_budget } = ((request as JsonObject).output_config ?? {}) as JsonObject;
  return ignoredIn(request, KNOWN, task_budget ? ['output_config.task_budget'] : []);
}
