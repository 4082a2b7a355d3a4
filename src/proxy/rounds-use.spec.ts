import { describe, expect, it } from '@jest/globals';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import { RoundsUse } from './rounds-use.js';

const event = (fields: object) => fields as MessagesEvent;
const start = event({ type: 'message_start', message: { usage: { input_tokens: 90 } } });
const words = event({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'one two three four' },
});
const report = event({ type: 'upstream_report', credits: 0.5 });
const end = event({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: {
    input_tokens: 80,
    output_tokens: 5,
    cache_read_input_tokens: 2,
    output_tokens_details: { thinking_tokens: 3 },
  },
});
const WHOLE = { inputTokens: 80, outputTokens: 5, cacheReadTokens: 2, reasoningTokens: 3, credits: 0.5 };

function soFar(events: MessagesEvent[], tokenScale = 1) {
  const rounds = new RoundsUse();
  for (const each of events) rounds.take(each);
  return rounds.soFar(tokenScale);
}

describe('what the rounds of an answer took so far', () => {
  it('is not known where nothing came', () => {
    expect(soFar([])).toBeUndefined();
  });

  it('is what a round told at its end', () => {
    expect(soFar([start, words, report, end])).toEqual(WHOLE);
  });

  it('is added up, and counted by us where a round did not end', () => {
    expect(soFar([start, words, report, end, start, words, words], 2)).toEqual({
      ...WHOLE,
      inputTokens: 80 + 90,
      outputTokens: 5 + 16,
      outputEstimated: true,
    });
    expect(soFar([start, words, report, end, start, end])).toEqual({
      ...WHOLE,
      inputTokens: 160,
      outputTokens: 10,
      cacheReadTokens: 4,
      reasoningTokens: 6,
    });
  });
});
