import { estimateTextTokens } from '../../messages/estimate-tokens.js';

/** `metadataEvent.tokenUsage` (amazon-q.md §4). */
export interface TokenUsage {
  uncachedInputTokens?: number;
  outputTokens?: number;
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
}

export interface UsageEvidence {
  tokenUsage?: TokenUsage;
  contextUsagePercentage?: number;
  /** The model's window in tokens. */
  window?: number;
  /** Characters handed on. */
  outputCharacters: number;
  /** What `message_start` said. */
  estimatedInputTokens: number;
}

/** Final numbers: upstream's own, else the share of the window less the output, else our estimate (amazon-q.md §4.3). */
export function countUsage(evidence: UsageEvidence) {
  const { tokenUsage, contextUsagePercentage, window } = evidence;
  const output = tokenUsage?.outputTokens ?? estimateTextTokens(evidence.outputCharacters);
  let input = tokenUsage?.uncachedInputTokens;
  if (input === undefined && contextUsagePercentage !== undefined && window !== undefined) {
    input = Math.max(1, Math.round((contextUsagePercentage / 100) * window) - output);
  }
  return {
    input_tokens: input ?? evidence.estimatedInputTokens,
    output_tokens: output,
    cache_creation_input_tokens: tokenUsage?.cacheWriteInputTokens ?? 0,
    cache_read_input_tokens: tokenUsage?.cacheReadInputTokens ?? 0,
    output_tokens_details: null,
    server_tool_use: null,
  };
}
