import type { ChatCompletion } from 'openai/resources/chat/completions';
import type { StopReason } from '../../messages/vocabulary.js';

export type FinishReason = ChatCompletion.Choice['finish_reason'];

export const FINISH_REASONS = [
  'stop',
  'length',
  'tool_calls',
  'function_call',
  'content_filter',
] as const satisfies readonly FinishReason[];

/** By why the answer ended (openai.md §8); none: it was cut. Reasons that are not here are `stop`. */
const BY_STOP_REASON: ReadonlyMap<StopReason | null, FinishReason> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  [null, 'length'],
  ['refusal', 'content_filter'],
]);

/**
 * @param hasCalls whether a call was handed on: agents stop at any other reason (openai.md §16)
 * @param isLegacy whether the client offered `functions`
 */
export function finishReason(stopReason: StopReason | null, hasCalls: boolean, isLegacy: boolean): FinishReason {
  if (hasCalls) return isLegacy ? 'function_call' : 'tool_calls';
  return BY_STOP_REASON.get(stopReason) ?? 'stop';
}
