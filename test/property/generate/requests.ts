import fc from 'fast-check';
import { type Block, systemPromptBlock } from './blocks.js';
import { conversation, type Message } from './conversation.js';
import { anySchema } from './schemas.js';
import { anyText } from './text.js';
import { type Tool, tools } from './tools.js';
import { withExtras } from './with-extras.js';

/** A request as it travels, and the `anthropic-version` it is sent with. */
export interface VersionedRequest {
  version: '2023-06-01' | '2026-10-21';
  body: {
    model: string;
    max_tokens: number;
    messages: Message[];
    system?: string | Block[] | null;
    tools?: Tool[] | null;
    tool_choice?: Record<string, unknown> | null;
    stream?: boolean | null;
    [key: string]: unknown;
  };
}

/** Each as clients spell them; every one is listed upstream. */
export const model = fc.constantFrom(
  'claude-sonnet-4.5',
  'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5',
  'claude-opus-4-6[1m]',
  'claude-sonnet-5',
  'claude-sonnet-5-5',
  'claude-opus-5-5',
  'auto',
);

const maxTokens = fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(1, 32_000, 64_000, 128_000));

const system = fc.oneof(
  fc.constant(null),
  anyText,
  fc.array(systemPromptBlock, { maxLength: 3 }),
  fc
    .array(systemPromptBlock, { maxLength: 2 })
    .map((blocks) => [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=sdk-cli;' },
      ...blocks,
    ]),
);

const display = fc.constantFrom('summarized', 'omitted', 'updates');

const thinking = fc.oneof(
  withExtras(fc.record({ type: fc.constant('adaptive'), display }, { requiredKeys: ['type'] })),
  withExtras(fc.constantFrom({ type: 'disabled' }, { type: 'between_tools' })),
  fc.constant({ type: 'adaptive', block_binding: { type: 'prefix' } }),
);

const outputConfig = withExtras(
  fc.record(
    {
      effort: fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max', null),
      format: anySchema.map((schema) => ({ type: 'json_schema', schema: { ...schema, type: 'object' } })),
      task_budget: fc.constant({ type: 'tokens', total: 100_000, remaining: 5 }),
    },
    { requiredKeys: [] },
  ),
);

const contextManagement = fc.constantFrom(
  null,
  { edits: [] },
  { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  {
    edits: [
      {
        type: 'clear_tool_uses_20250919',
        trigger: { type: 'input_tokens', value: 100 },
        keep: { type: 'tool_uses', value: 1 },
        clear_at_least: null,
        exclude_tools: ['Bash'],
        clear_tool_inputs: true,
      },
    ],
  },
);

/** Fields that are honoured, emulated or ignored, never a reason to refuse (anthropic.md §3). */
const options = fc.record(
  {
    system,
    stream: fc.constantFrom(true, false, null),
    stop_sequences: fc.oneof(
      fc.constant(null),
      fc.array(
        anyText.filter((text) => text.trim() !== '' && text.length <= 1_000),
        { maxLength: 3 },
      ),
    ),
    metadata: fc.constantFrom(
      null,
      {},
      { user_id: null },
      { user_id: JSON.stringify({ device_id: 'a'.repeat(64), account_uuid: '', session_id: 'b' }) },
    ),
    thinking,
    output_config: outputConfig,
    cache_control: fc.constantFrom(null, { type: 'ephemeral' }),
    context_management: contextManagement,
    service_tier: fc.constantFrom('auto', 'standard_only'),
    speed: fc.constantFrom('standard', 'fast', null),
    inference_geo: fc.constantFrom('us', null),
    container: fc.constant(null),
    mcp_servers: fc.constant([]),
    diagnostics: fc.constantFrom(null, { previous_message_id: 'msg_1' }, { previous_message_id: null }),
    fallbacks: fc.constantFrom('default', [{ model: 'claude-haiku-4-5' }]),
    fallback_credit_token: fc.constantFrom('token', { token: 'a' }),
    billing_policy: fc.constantFrom(null, { type: 'billing_policy', bill_to: 'self' }),
    thread: fc.constant(null),
    compaction: fc.constant(null),
  },
  { requiredKeys: [] },
);

const sampling = fc.record(
  {
    temperature: fc.constantFrom(0, 0.5, 1, null),
    top_p: fc.constantFrom(0, 0.9, 1, null),
    top_k: fc.constantFrom(0, 40, null),
  },
  { requiredKeys: [] },
);

/** Index into the tools that can be chosen, or the kind of choice. */
const choice = fc.record({
  kind: fc.constantFrom('auto', 'any', 'tool', 'none', undefined, null),
  which: fc.nat({ max: 10 }),
  disableParallel: fc.constantFrom(undefined, true, false),
});

/** Any valid request of the Messages API that this gateway says it serves (anthropic.md §3–§5). */
export const validRequest: fc.Arbitrary<VersionedRequest> = fc
  .record({
    version: fc.constantFrom('2023-06-01' as const, '2026-10-21' as const),
    base: withExtras(fc.record({ model, max_tokens: maxTokens, messages: conversation })),
    options,
    sampling,
    budget: fc.option(fc.integer({ min: 1_024, max: 20_000 }), { freq: 4, nil: undefined }),
    formatAlias: fc.boolean(),
    tools: fc.oneof(
      { weight: 5, arbitrary: tools },
      { weight: 1, arbitrary: fc.constantFrom<Tool[] | null | undefined>(undefined, null, []) },
    ),
    choice,
  })
  .map((parts) => ({ version: parts.version, body: assemble(parts) }));

interface Parts {
  version: VersionedRequest['version'];
  base: { model: string; max_tokens: number; messages: Message[] };
  options: Record<string, unknown>;
  sampling: Record<string, unknown>;
  budget: number | undefined;
  formatAlias: boolean;
  tools: Tool[] | null | undefined;
  choice: { kind: string | null | undefined; which: number; disableParallel: boolean | undefined };
}

/** Sees to the rules between fields. */
function assemble(parts: Parts): VersionedRequest['body'] {
  const body: VersionedRequest['body'] = { ...parts.options, ...parts.base };
  if (parts.version === '2023-06-01') Object.assign(body, parts.sampling);
  if (parts.budget !== undefined && parts.budget < body.max_tokens) {
    body.thinking = { type: 'enabled', budget_tokens: parts.budget };
  }
  const { format, ...rest } = (body.output_config ?? {}) as Record<string, unknown>;
  if (parts.formatAlias && format !== undefined) Object.assign(body, { output_config: rest, output_format: format });
  if (parts.tools !== undefined) body.tools = parts.tools;
  const toolChoice = chooseTool(parts);
  if (toolChoice !== undefined) body.tool_choice = toolChoice;
  return body;
}

function chooseTool({ base, tools: offered, choice: { kind, which, disableParallel } }: Parts) {
  if (kind === undefined || kind === null) return kind;
  const parallel =
    disableParallel === undefined || kind === 'none' ? {} : { disable_parallel_tool_use: disableParallel };
  if (kind === 'auto' || kind === 'none') return { type: kind, ...parallel };
  const removed = namesRemoved(base.messages);
  const choosable = (offered ?? []).filter((tool) => tool.defer_loading !== true && !removed.has(tool.name));
  const chosen = choosable[which % Math.max(1, choosable.length)];
  if (!chosen) return undefined;
  return kind === 'any' ? { type: 'any', ...parallel } : { type: 'tool', name: chosen.name, ...parallel };
}

/** No call can be demanded of a tool that is offered no longer. */
function namesRemoved(messages: readonly Message[]): ReadonlySet<unknown> {
  const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  return new Set(
    blocks.flatMap((block) => (block.type === 'tool_removal' ? [(block.tool as { name?: unknown }).name] : [])),
  );
}
