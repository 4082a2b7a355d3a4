import type { OutputSample } from '../../messages/output-sample.js';
import type { Usage } from '../../messages/vocabulary.js';

/** `metadataEvent.tokenUsage` (amazon-q.md §4). */
export interface TokenUsage {
  uncachedInputTokens?: number;
  outputTokens?: number;
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
}

export interface UsageEvidence {
  tokenUsage?: TokenUsage;
  /** 0–100 of the window, output included. */
  contextUsagePercentage?: number;
  /** The model's window in tokens. */
  window?: number;
  /** Text and tool calls of the answer. */
  output: OutputSample;
  /** Thinking of the answer, shown or not. */
  thinking: OutputSample;
  /** Whether the client gets the thinking. */
  showsThinking: boolean;
  /** What `message_start` said. */
  estimatedInputTokens: number;
  /** Tokens of this model for one of our own count. */
  tokenScale: number;
}

export interface CountedUsage {
  usage: Pick<Usage, 'input_tokens' | 'output_tokens' | 'output_tokens_details' | 'server_tool_use'> & {
    cache_creation_input_tokens: number;
    cache_read_input_tokens: number;
  };
  /** As upstream counted, cached tokens included; undefined where it did not say. */
  inputTokens?: number;
  outputTokens?: number;
}

/** More than any window or answer has; sums of a few stay exact. */
const MOST_TOKENS = 1_000_000_000;
/** Half a unit of the percentage's last digit may be this share of it; rounder, it says less than our own estimate. */
const MOST_ROUNDING = 0.05;
/** A share of the output nobody saw that is no error of our counting any more: the thinking came summarized. */
const UNSEEN_SHARE = 0.2;

/** Final numbers: upstream's own, else the share of the window less the output, else our estimate (amazon-q.md §4.3). */
export function countUsage(evidence: UsageEvidence): CountedUsage {
  const { tokenUsage = {}, tokenScale, showsThinking } = evidence;
  const reportedOutput = tokensOf(tokenUsage.outputTokens);
  const needsCount = reportedOutput === undefined || showsThinking;
  const seen = needsCount ? Math.ceil(evidence.output.countTokens() * tokenScale) : 0;
  const thought = needsCount ? Math.ceil(evidence.thinking.countTokens() * tokenScale) : 0;
  const output = reportedOutput ?? seen + thought;
  const cacheRead = tokensOf(tokenUsage.cacheReadInputTokens) ?? 0;
  const cacheWrite = tokensOf(tokenUsage.cacheWriteInputTokens) ?? 0;
  const uncached =
    tokensOf(tokenUsage.uncachedInputTokens) ?? uncachedByWindow(evidence, output + cacheRead + cacheWrite);
  return {
    usage: {
      input_tokens: uncached ?? evidence.estimatedInputTokens,
      output_tokens: output,
      cache_creation_input_tokens: cacheWrite,
      cache_read_input_tokens: cacheRead,
      output_tokens_details:
        showsThinking && thought > 0 ? { thinking_tokens: thinkingShare(output, seen, thought) } : null,
      server_tool_use: null,
    },
    inputTokens: uncached === undefined ? undefined : uncached + cacheRead + cacheWrite,
    outputTokens: reportedOutput,
  };
}

/** Whole, and of a size that can be right; anything else is like not said. */
function tokensOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MOST_TOKENS ? Math.round(value) : undefined;
}

function uncachedByWindow(
  { contextUsagePercentage: percentage, window }: UsageEvidence,
  others: number,
): number | undefined {
  if (percentage === undefined || window === undefined) return undefined;
  const [, digits = ''] = String(percentage).split('.');
  if (0.5 / 10 ** digits.length > MOST_ROUNDING * percentage) return undefined;
  return tokensOf(Math.max(1, (percentage / 100) * window - others));
}

/**
 * Upstream tells no number for thinking. Its text is as much of the output as it is of what we saw; where we saw too
 * little of the output, the text is a summary, and the rest of the output was thinking too.
 */
function thinkingShare(output: number, seen: number, thought: number): number {
  if (output - seen - thought > UNSEEN_SHARE * output) return output - seen;
  return Math.round((output * thought) / (seen + thought));
}
