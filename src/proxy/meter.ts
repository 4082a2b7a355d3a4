import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';

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
  return tap((event) => {
    if (event.type === 'content_block_delta') return;
    if (event.type === 'message_start') {
      record({ firstEventMs: now() - startedAt, inputTokens: event.message.usage.input_tokens });
    } else if (event.type === 'message_delta') {
      const { input_tokens, output_tokens, cache_read_input_tokens } = event.usage;
      record({
        ...(input_tokens !== null && { inputTokens: input_tokens }),
        outputTokens: output_tokens,
        cacheReadTokens: cache_read_input_tokens ?? undefined,
        stopReason: event.delta.stop_reason ?? undefined,
      });
    } else if (event.type === 'upstream_report') {
      record({ credits: event.credits });
    }
  });
}
