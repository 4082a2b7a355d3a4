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

describe('meter', () => {
  it('records what is learnt when it is learnt, so that nothing is lost with the client', () => {
    let now = 1000;
    const learnt: Measurement = {};
    const source = new Subject<MessagesEvent>();
    const metered = meter(
      () => now,
      (measurement) => Object.assign(learnt, measurement),
    );
    source.pipe(metered).subscribe();
    now += 40;
    source.next(start);
    expect(learnt).toEqual({ firstEventMs: 40, inputTokens: 12 });
    source.next({ type: 'upstream_report', credits: 0.5 });
    source.next(end);
    expect(learnt).toEqual({
      firstEventMs: 40,
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 2,
      credits: 0.5,
      stopReason: 'end_turn',
    });
  });
});
