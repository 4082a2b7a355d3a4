import { EFFORTS, type Effort } from '../../messages/efforts.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';

const LEVELS: ReadonlyMap<unknown, Effort> = new Map<unknown, Effort>([
  ...EFFORTS.map((level) => [level, level] as const),
  ['minimal', 'low'],
  // Only Codex knows it.
  ['ultra', 'max'],
]);

/** The two fields of a Messages request that say whether and how hard a model is to think. */
export type ThinkingFields = Pick<MessagesRequest, 'thinking'> & { output_config?: { effort: Effort } };

/**
 * `reasoning_effort` or `reasoning.effort` in Messages terms. No value is refused (openai.md §4): one that is not known
 * says nothing.
 * @param wantsThinking whether the client asks to be shown thinking, in whatever effort
 */
export function decodeEffort(effort: unknown, wantsThinking = false): ThinkingFields {
  if (effort === 'none') return { thinking: { type: 'disabled' } };
  const level = LEVELS.get(effort);
  if (level !== undefined) return { thinking: { type: 'adaptive' }, output_config: { effort: level } };
  return wantsThinking ? { thinking: { type: 'adaptive' } } : {};
}
