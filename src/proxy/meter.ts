import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';

/** What one answer cost, as far as upstream told. */
export interface Measurement {
  inputTokens?: number;
  outputTokens?: number;
  cacheReadTokens?: number;
  credits?: number;
  stopReason?: string;
  /** Milliseconds from subscription to the first event. */
  firstEventMs?: number;
}

/**
 * Records while the events pass and hands over once at the end, however it ends: a client that hangs up still costs
 * tokens.
 */
export function meter(
  now: () => number,
  record: (measurement: Measurement) => void,
): MonoTypeOperatorFunction<MessagesEvent> {
  const startedAt = now();
  const measurement: Measurement = {};
  return tap({
    next: (event) => {
      if (event.type === 'content_block_delta') return;
      if (event.type === 'message_start') {
        measurement.firstEventMs = now() - startedAt;
        measurement.inputTokens = event.message.usage.input_tokens;
      } else if (event.type === 'message_delta') {
        measurement.inputTokens = event.usage.input_tokens ?? measurement.inputTokens;
        measurement.outputTokens = event.usage.output_tokens;
        measurement.cacheReadTokens = event.usage.cache_read_input_tokens ?? undefined;
        measurement.stopReason = event.delta.stop_reason ?? undefined;
      } else if (event.type === 'upstream_report') {
        measurement.credits = event.credits;
      }
    },
    finalize: () => record(measurement),
  });
}
