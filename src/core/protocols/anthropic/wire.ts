import { z } from 'zod';

/**
 * Shape of `POST /v1/messages` (anthropic.md §3–§5): strict on what we use, loose on the rest. It checks and copies
 * nothing: the request goes on as it was sent.
 */
const block = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), ...shape });

const integer = () => z.int('Input should be a valid integer');

const text = block('text', { text: z.string() });

const image = block('image', {
  source: z.discriminatedUnion('type', [
    block('base64', {
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.string().min(1),
    }),
    block('url', { url: z.string() }),
    block('file', { file_id: z.string() }),
  ]),
});

const document = block('document', {
  source: z.discriminatedUnion('type', [
    block('base64', { media_type: z.string(), data: z.string().min(1) }),
    block('text', { data: z.string() }),
    block('content', { content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image]))]) }),
    block('url', { url: z.string() }),
    block('file', { file_id: z.string() }),
  ]),
  title: z.string().nullish(),
});

const searchResult = block('search_result', { source: z.string(), title: z.string(), content: z.array(text) });
const toolReference = block('tool_reference', { tool_name: z.string() });

const toolResult = block('tool_result', {
  tool_use_id: z.string().min(1),
  content: z
    .union([
      z.string(),
      z.array(
        z.discriminatedUnion('type', [text, image, document, searchResult, toolReference, block('browser_state', {})]),
      ),
    ])
    .optional(),
  is_error: z.boolean().nullish(),
});

const toolUse = block('tool_use', {
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
});

/** Echoes of earlier answers and blocks without a counterpart upstream: known, not looked into. */
const ECHOES = [
  'redacted_thinking',
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'mcp_tool_listing',
  'advisor_tool_result',
  'container_upload',
  'compaction',
  'fallback',
  'tool_addition',
  'tool_removal',
] as const;

const contentBlock = z.discriminatedUnion('type', [
  text,
  image,
  document,
  searchResult,
  toolUse,
  toolResult,
  block('thinking', { thinking: z.string(), signature: z.string().optional() }),
  ...ECHOES.map((type) => block(type, {})),
]);

const content = z.union([z.string(), z.array(contentBlock)]);

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content }),
  z.looseObject({ role: z.literal('assistant'), content }),
  // Claude Code puts system messages inside `messages`; one that only carries directives has no content.
  z.looseObject({ role: z.literal('system'), content: content.optional() }),
]);

const tool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().min(1).max(128).optional(),
  description: z.string().nullish(),
  input_schema: z.looseObject({ type: z.literal('object') }).optional(),
});

export const messagesRequestSchema = z.looseObject({
  model: z.string().min(1).max(256),
  max_tokens: integer().min(0),
  messages: z.array(message).min(1).max(100_000),
  system: z.union([z.string(), z.array(text)]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.looseObject({ type: z.enum(['auto', 'any', 'tool', 'none']), name: z.string().optional() }).nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: integer().min(0).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  thinking: z
    .looseObject({
      type: z.enum(['enabled', 'adaptive', 'disabled', 'between_tools']),
      budget_tokens: integer().nullish(),
    })
    .nullish(),
  output_config: z.looseObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish() }).nullish(),
});
