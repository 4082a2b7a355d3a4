import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';
import { encodeEffort } from './encode-effort.js';
import { thinkingDisplay } from './thinking-display.js';

/** As upstream sent it: a member may be of any type. */
interface Schema {
  properties?: Record<string, Schema | undefined>;
  enum?: unknown;
  maximum?: unknown;
}

/**
 * `additionalModelRequestFields`: thinking, effort and output limit, each only where the model's own schema has it
 * (amazon-q.md §2.9, §7.1); a field or value the model doesn't know would be a 400. A budget of thinking tokens has no
 * counterpart: no effort stands for a number of tokens.
 */
export function encodeModelFields(
  request: MessagesRequest,
  schema: Schema | undefined,
): Record<string, unknown> | undefined {
  const offered = schema?.properties;
  if (!offered) return undefined;
  const fields: Record<string, unknown> = {};

  const thinking = offered.thinking?.properties && encodeThinking(request, offered.thinking.properties);
  if (thinking) fields.thinking = thinking;
  // Claude's way to say it, and GPT's.
  for (const field of ['output_config', 'reasoning']) {
    const levels = offered[field]?.properties?.effort;
    const effort = levels && encodeEffort(request, valuesOf(levels));
    if (effort) fields[field] = { effort };
  }
  if (offered.max_tokens && request.max_tokens > 0 && request.max_tokens < NO_OUTPUT_LIMIT) {
    const { maximum } = offered.max_tokens;
    fields.max_tokens = typeof maximum === 'number' ? Math.min(request.max_tokens, maximum) : request.max_tokens;
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}

function encodeThinking(
  request: MessagesRequest,
  offered: NonNullable<Schema['properties']>,
): Record<string, unknown> | undefined {
  const { thinking } = request;
  const display = thinkingDisplay(request);
  if (display !== 'none' && takes(offered.type, 'adaptive')) {
    const shown = display === 'signature' && takes(offered.display, 'omitted') ? 'omitted' : 'summarized';
    return { type: 'adaptive', ...(takes(offered.display, shown) && { display: shown }) };
  }
  // Thinking between tools only is no thinking here: what comes of it is not shown either (anthropic.md §3).
  const isOff = thinking?.type === 'disabled' || (thinking as { type?: string } | undefined)?.type === 'between_tools';
  return isOff && takes(offered.type, 'disabled') ? { type: 'disabled' } : undefined;
}

function takes(field: Schema | undefined, value: string): boolean {
  return field !== undefined && (valuesOf(field)?.includes(value) ?? true);
}

function valuesOf(field: Schema): readonly unknown[] | undefined {
  return Array.isArray(field.enum) ? field.enum : undefined;
}
