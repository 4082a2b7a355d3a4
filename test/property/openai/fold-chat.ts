// biome-ignore lint/suspicious/noExplicitAny: chunks under test, looked into at any depth
type Json = any;

/**
 * The completion that a client puts together from the chunks of a stream that came to its end, in the order of keys of the
 * real API: the JSON answer has to be the same text.
 */
export function foldChat(chunks: readonly Json[]): Json {
  const [{ id, created, model, service_tier, system_fingerprint }] = chunks as [Json];
  const message: Json = {};
  const calls: Json[] = [];
  let finish_reason: string | null = null;
  let usage: Json;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    for (const choice of chunk.choices) {
      finish_reason = choice.finish_reason ?? finish_reason;
      const { tool_calls = [], function_call, ...rest } = choice.delta;
      for (const [key, value] of Object.entries(rest)) message[key] = joined(message[key], value);
      if (function_call) message.function_call = joinedFields(message.function_call ?? {}, function_call);
      for (const { index, ...call } of tool_calls) calls[index] = joinedFields(calls[index] ?? {}, call);
    }
  }
  const { role, content, reasoning_content, refusal, function_call } = message;
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    service_tier,
    system_fingerprint,
    choices: [
      {
        index: 0,
        message: {
          role,
          content,
          ...(reasoning_content !== undefined && { reasoning_content }),
          refusal: refusal ?? null,
          annotations: [],
          ...(calls.length > 0 && { tool_calls: calls }),
          ...(function_call && { function_call }),
        },
        logprobs: null,
        finish_reason,
      },
    ],
    usage,
  };
}

/** Texts grow, whatever else comes replaces what was there. */
function joined(before: unknown, value: unknown): unknown {
  return typeof before === 'string' && typeof value === 'string' ? before + value : value;
}

function joinedFields(before: Json, more: Json): Json {
  const fields = { ...before };
  for (const [key, value] of Object.entries(more)) {
    fields[key] =
      typeof value === 'object' && value !== null ? joinedFields(fields[key] ?? {}, value) : joined(fields[key], value);
  }
  return fields;
}
