import type { Usage } from '../../messages/vocabulary.js';

/** What an answer cost, counted as OpenAI counts (openai.md §8). */
export interface TokenUsage {
  /** Of the prompt, cached ones included. */
  readonly input: number;
  /** Of those, read from the cache. */
  readonly cached: number;
  /** Of those, written to the cache. */
  readonly cacheWrite: number;
  /** Thinking included. */
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/** Usage of a message, as its end says it or as a message says it. */
export interface MessagesUsage {
  input_tokens: number | null;
  output_tokens: number;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  output_tokens_details?: Usage['output_tokens_details'];
}

/** Cached tokens stand beside the input's in Messages, inside them in both OpenAI APIs. */
export function tokenUsage(usage: MessagesUsage): TokenUsage {
  const cached = usage.cache_read_input_tokens ?? 0;
  const cacheWrite = usage.cache_creation_input_tokens ?? 0;
  const input = (usage.input_tokens ?? 0) + cached + cacheWrite;
  const output = usage.output_tokens;
  const reasoning = Math.min(usage.output_tokens_details?.thinking_tokens ?? 0, output);
  return { input, cached, cacheWrite, output, reasoning, total: input + output };
}
