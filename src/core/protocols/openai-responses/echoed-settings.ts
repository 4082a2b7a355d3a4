import { isObject, type JsonObject, optionalInteger } from '../openai/check-fields.js';
import type { Configuration } from './configuration.js';
import type { EchoedSettings, WireResponsesRequest } from './responses-request.js';

/**
 * What the response says of its request (openai.md §7): fields as the client sent them, what the original would take
 * where it sent none, null where that depends on the model. Fields nobody reads are repeated if they have their type.
 */
export function echoedSettings(wire: WireResponsesRequest, configuration: Configuration): EchoedSettings {
  const { fields, model, store, previousResponseId } = wire;
  const { effort = null, format } = configuration;
  return {
    background: false,
    instructions: textOrNull(fields.instructions),
    max_output_tokens: optionalInteger(fields.max_output_tokens, 'max_output_tokens') ?? null,
    max_tool_calls: numberOrNull(fields.max_tool_calls),
    metadata: (isObject(fields.metadata) ? fields.metadata : {}) as EchoedSettings['metadata'],
    model,
    parallel_tool_calls: fields.parallel_tool_calls !== false,
    previous_response_id: previousResponseId ?? null,
    prompt_cache_key: textOrNull(fields.prompt_cache_key),
    reasoning: { effort, summary: summaryOf(fields) ?? null } as EchoedSettings['reasoning'],
    safety_identifier: textOrNull(fields.safety_identifier),
    service_tier: 'default',
    store,
    temperature: numberOrNull(fields.temperature),
    text: {
      format: (format ?? { type: 'text' }) as EchoedSettings['text']['format'],
      verbosity: (textOrNull(verbosityOf(fields)) ?? 'medium') as EchoedSettings['text']['verbosity'],
    },
    tool_choice: (fields.tool_choice ?? 'auto') as EchoedSettings['tool_choice'],
    tools: (fields.tools ?? []) as EchoedSettings['tools'],
    top_logprobs: numberOrNull(fields.top_logprobs),
    top_p: numberOrNull(fields.top_p),
    truncation: truncationOf(fields),
    user: textOrNull(fields.user),
  };
}

/** How reasoning is to be summed up; undefined where no summary is wanted. */
export function summaryOf({ reasoning }: JsonObject): string | undefined {
  const { summary, generate_summary } = isObject(reasoning) ? reasoning : {};
  // The second is its old name.
  const wanted = summary ?? generate_summary;
  return typeof wanted === 'string' && wanted !== 'none' ? wanted : undefined;
}

export function truncationOf({ truncation }: JsonObject): 'auto' | 'disabled' {
  return truncation === 'auto' ? 'auto' : 'disabled';
}

function verbosityOf({ text }: JsonObject): unknown {
  return isObject(text) ? text.verbosity : undefined;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
