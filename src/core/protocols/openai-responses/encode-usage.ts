import type { ResponseUsage } from 'openai/resources/responses/responses';
import type { TokenUsage } from '../openai/token-usage.js';

/** Cached tokens are part of the input's, thinking is part of the output's (openai.md §8). */
export function encodeUsage({ input, cached, cacheWrite, output, reasoning, total }: TokenUsage): ResponseUsage {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: total,
  };
}
