import { finalize, type MonoTypeOperatorFunction, tap } from 'rxjs';
import { OutputSample } from '../core/messages/output-sample.js';
import type { MessagesEvent } from '../core/messages/vocabulary.js';

/** Characters of a stop reason; all there are have less. */
const LONGEST_REASON = 50;
/** More than any window or answer has; it would stay in every sum. */
const MOST_TOKENS = 1_000_000_000;

/** What one answer cost, as far as upstream told. */
export interface Measurement {
  inputTokens?: number;
  outputTokens?: number;
  /** The answer ended before upstream told its output tokens: they are our own count of what came. */
  outputEstimated?: true;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  credits?: number;
  /** Part of the output. */
  reasoningTokens?: number;
  stopReason?: string;
  /** Milliseconds from the request's beginning. */
  firstEventMs?: number;
  firstTokenMs?: number;
}

export interface MeterTools {
  /** Milliseconds since the request began. */
  elapsed: () => number;
  /** Tokens of the model that answers for one of our own count. */
  tokenScale: () => number;
  record: (learnt: Measurement) => void;
  /** What came from upstream, where that is more than what passes here. */
  soFar?: () => Measurement | undefined;
}

/**
 * Records what is learnt while the events pass, at once: a client that hangs up still costs tokens, and so does an
 * answer that broke off. What came of those is counted here.
 */
export function meter({ elapsed, tokenScale, record, soFar }: MeterTools): MonoTypeOperatorFunction<MessagesEvent> {
  const output = new OutputSample();
  let isMeasured = true;
  let hasToken = false;
  return (events) =>
    events.pipe(
      tap((event) => {
        if (event.type === 'content_block_delta') {
          if (!hasToken) record({ firstTokenMs: elapsed() });
          hasToken = true;
          output.take(textIn(event.delta));
          return;
        }
        const measurement = measure(event, elapsed);
        if (!measurement) return;
        if (event.type !== 'upstream_report') isMeasured = measurement.outputTokens !== undefined;
        record(measurement);
      }),
      finalize(() => {
        if (!isMeasured) record(soFar?.() ?? estimated(output.countTokens() * tokenScale()));
      }),
    );
}

/** @param outputTokens of what came of an answer, counted by us */
export function estimated(outputTokens: number): Measurement {
  return { outputTokens: Math.ceil(outputTokens), outputEstimated: true };
}

/** What an event tells of its answer's cost. @param elapsed milliseconds since the request began */
export function measure(event: MessagesEvent, elapsed: () => number): Measurement | undefined {
  if (event.type === 'message_start') {
    const { usage } = event.message;
    return { firstEventMs: elapsed(), inputTokens: count(usage.input_tokens), ...cachedTokens(usage) };
  }
  if (event.type === 'message_delta') {
    const { input_tokens, output_tokens, output_tokens_details } = event.usage;
    const reasoningTokens = count(output_tokens_details?.thinking_tokens);
    return {
      ...(count(input_tokens) !== undefined && { inputTokens: count(input_tokens) }),
      outputTokens: count(output_tokens),
      ...(reasoningTokens !== undefined && { reasoningTokens }),
      ...cachedTokens(event.usage),
      stopReason: brief(event.delta.stop_reason),
    };
  }
  return event.type === 'upstream_report' ? { credits: event.credits } : undefined;
}

/** Nothing where nothing is said: what was said before still holds. */
function cachedTokens(usage: {
  cache_read_input_tokens?: unknown;
  cache_creation_input_tokens?: unknown;
}): Measurement {
  const cacheReadTokens = count(usage.cache_read_input_tokens);
  const cacheWriteTokens = count(usage.cache_creation_input_tokens);
  return {
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
  };
}

type Delta = Extract<MessagesEvent, { type: 'content_block_delta' }>['delta'];

/** What a delta adds to the output. */
export function textIn(delta: Delta): string {
  switch (delta.type) {
    case 'text_delta':
      return delta.text;
    case 'thinking_delta':
      return delta.thinking;
    case 'input_json_delta':
      return delta.partial_json;
    default:
      return '';
  }
}

/** Whole, and of a size that can be right; anything else is like not said: an endpoint's events are read as they come. */
function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MOST_TOKENS ? Math.round(value) : undefined;
}

/** It goes into the log. */
function brief(reason: unknown): string | undefined {
  return typeof reason === 'string' ? reason.slice(0, LONGEST_REASON) : undefined;
}
