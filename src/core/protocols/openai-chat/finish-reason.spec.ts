import { describe, expect, it } from '@jest/globals';
import type { StopReason } from '../../messages/vocabulary.js';
import { finishReason } from './finish-reason.js';

describe('the finish reason, by row of openai.md §8', () => {
  it.each<[StopReason | null, string]>([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['of a later day' as StopReason, 'stop'],
    [null, 'length'],
  ])('of an answer without calls that ended with %s is %s', (stopReason, reason) => {
    expect(finishReason(stopReason, false, false)).toBe(reason);
    expect(finishReason(stopReason, false, true)).toBe(reason);
  });

  it.each<StopReason | null>(['tool_use', 'end_turn', 'max_tokens', 'of a later day' as StopReason, null])(
    'of an answer with calls that ended with %s says that there are calls',
    (stopReason) => {
      expect(finishReason(stopReason, true, false)).toBe('tool_calls');
      expect(finishReason(stopReason, true, true)).toBe('function_call');
    },
  );
});
