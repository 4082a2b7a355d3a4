import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import { type Measurement, meter } from './meter.js';

const start = { type: 'message_start', message: { usage: { input_tokens: 12 } } } as MessagesEvent;
const end = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 2 },
} as MessagesEvent;

function metered() {
  let now = 1000;
  const records: Measurement[] = [];
  const source = new Subject<MessagesEvent>();
  const subscription = source
    .pipe(
      meter(
        () => now,
        (measurement) => records.push(measurement),
      ),
    )
    .subscribe({ error: () => undefined });
  return { source, records, subscription, advance: (ms: number) => (now += ms) };
}

describe('meter', () => {
  it('records once, when the answer is complete', () => {
    const { source, records, advance } = metered();
    advance(40);
    source.next(start);
    source.next({ type: 'upstream_report', credits: 0.5 });
    source.next(end);
    expect(records).toEqual([]);
    source.complete();
    expect(records).toEqual([
      { firstEventMs: 40, inputTokens: 10, outputTokens: 5, cacheReadTokens: 2, credits: 0.5, stopReason: 'end_turn' },
    ]);
  });

  it('records what is known when the answer fails or the client hangs up', () => {
    const failed = metered();
    failed.source.next(start);
    failed.source.error(new Error('cut'));
    expect(failed.records).toEqual([{ firstEventMs: 0, inputTokens: 12 }]);
    const left = metered();
    left.subscription.unsubscribe();
    expect(left.records).toEqual([{}]);
  });
});
