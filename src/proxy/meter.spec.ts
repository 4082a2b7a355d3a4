import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import { type Measurement, measure, meter } from './meter.js';

const start = { type: 'message_start', message: { usage: { input_tokens: 12 } } } as MessagesEvent;
const end = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: {
    input_tokens: 10,
    output_tokens: 5,
    cache_read_input_tokens: 2,
    output_tokens_details: { thinking_tokens: 3 },
  },
} as MessagesEvent;

const delta = {
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'x' },
} as MessagesEvent;

describe('meter', () => {
  it('records what is learnt when it is learnt, so that nothing is lost with the client', () => {
    let now = 1000;
    const learnt: Measurement = {};
    const source = new Subject<MessagesEvent>();
    const metered = meter({
      elapsed: () => now - 1000,
      tokenScale: () => 1,
      record: (measurement) => Object.assign(learnt, measurement),
    });
    source.pipe(metered).subscribe();
    now += 40;
    source.next(start);
    expect(learnt).toEqual({ firstEventMs: 40, inputTokens: 12 });
    now += 5;
    source.next(delta);
    now += 5;
    source.next(delta);
    source.next({ type: 'upstream_report', credits: 0.5 });
    source.next(end);
    expect(learnt).toEqual({
      firstEventMs: 40,
      firstTokenMs: 45,
      inputTokens: 10,
      outputTokens: 5,
      reasoningTokens: 3,
      cacheReadTokens: 2,
      credits: 0.5,
      stopReason: 'end_turn',
    });
  });
});

describe('what an endpoint says of its tokens', () => {
  it.each([-5, Number.NaN, 1e300, 1e9 + 1, '5', null, {}])('counts nothing where it is %p', (tokens) => {
    const usage = { input_tokens: tokens, output_tokens: tokens, cache_read_input_tokens: tokens };
    const told = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage } as unknown as MessagesEvent;
    expect(measure(told, () => 0)).toEqual({ outputTokens: undefined, stopReason: 'end_turn' });
  });
});

describe('the output of an answer that ends before upstream told it', () => {
  const delta = (fields: object) => ({ type: 'content_block_delta', index: 0, delta: fields }) as MessagesEvent;
  const words = 'one two three four';
  const DELTAS = [
    { type: 'text_delta', text: words },
    { type: 'thinking_delta', thinking: words },
    { type: 'input_json_delta', partial_json: words },
    { type: 'signature_delta', signature: words },
  ].map(delta);

  function metered(tokenScale = 1) {
    const learnt: Measurement = {};
    const source = new Subject<MessagesEvent>();
    const record = (measurement: Measurement) => void Object.assign(learnt, measurement);
    const subscription = source
      .pipe(meter({ elapsed: () => 0, tokenScale: () => tokenScale, record }))
      .subscribe({ error: () => undefined });
    return { learnt, source, subscription };
  }

  it('is what came of text, thinking and the inputs of tools, in tokens of the model', () => {
    const { learnt, source } = metered(1.5);
    source.next(start);
    for (const event of DELTAS) source.next(event);
    expect(learnt.outputTokens).toBeUndefined();
    source.error(new Error('broken'));
    expect(learnt).toMatchObject({ outputTokens: 18, outputEstimated: true });
  });

  it('is counted for a client that hangs up', () => {
    const { learnt, source, subscription } = metered();
    source.next(start);
    source.next(delta({ type: 'text_delta', text: words }));
    subscription.unsubscribe();
    expect(learnt).toMatchObject({ inputTokens: 12, outputTokens: 4, outputEstimated: true });
  });

  it('is nothing where nothing began, and what upstream said where it said so', () => {
    const failed = metered();
    failed.source.error(new Error('broken'));
    expect(failed.learnt).toEqual({});
    const told = metered();
    for (const event of [start, ...DELTAS, end]) told.source.next(event);
    told.source.error(new Error('broken'));
    expect(told.learnt).toMatchObject({ outputTokens: 5 });
    expect(told.learnt.outputEstimated).toBeUndefined();
  });
});
