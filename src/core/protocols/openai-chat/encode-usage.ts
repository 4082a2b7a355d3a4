import type { CompletionUsage } from 'openai/resources/completions';
import type { TokenUsage } from '../openai/token-usage.js';

/** Cached tokens are part of the prompt's, thinking is part of the completion's (openai.md §8). */
export function encodeUsage({ input, cached, output, reasoning, total }: TokenUsage): CompletionUsage {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
