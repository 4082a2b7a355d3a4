import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';

/** Characters of a stop reason; all there are have less. */
const LONGEST_REASON = 50;

/** What one answer cost, as far as upstream told. */
export interface Measurement {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadTokens?: number;
  credits?: number;
  stopReason?: string;
  /** Milliseconds from the beginning to the first event. */
  firstEventMs?: number;
}

/** Records what is learnt while the events pass, at once: a client that hangs up still costs tokens. */
export function meter(
  now: () => number,
  record: (learnt: Measurement) => void,
): MonoTypeOperatorFunction<MessagesEvent> {
  const startedAt = now();
  const elapsed = () => now() - startedAt;
  return tap((event) => {
    if (event.type === 'content_block_delta') return;
    const measurement = measure(event, elapsed);
    if (measurement) record(measurement);
  });
}

/** What an event tells of its answer's cost. @param elapsed milliseconds since the request began */
export function measure(event: MessagesEvent, elapsed: () => number): Measurement | undefined {
  if (event.type === 'message_start') {
    return { firstEventMs: elapsed(), inputTokens: count(event.message.usage.input_tokens) };
  }
  if (event.type === 'message_delta') {
    const { input_tokens, output_tokens, cache_read_input_tokens } = event.usage;
    return {
      ...(count(input_tokens) !== undefined && { inputTokens: count(input_tokens) }),
      outputTokens: count(output_tokens),
      cacheReadTokens: count(cache_read_input_tokens),
      stopReason: brief(event.delta.stop_reason),
    };
  }
  return event.type === 'upstream_report' ? { credits: event.credits } : undefined;
}

/** An endpoint's own events are read as they come: what is no number counts nothing. */
function count(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined;
}

/** It goes into the log. */
function brief(reason: unknown): string | undefined {
  return typeof reason === 'string' ? reason.slice(0, LONGEST_REASON) : undefined;
}
