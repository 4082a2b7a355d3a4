import { decodeReasoning } from '../encrypted-reasoning.js';
import type { DecodeItem } from './decode-item.js';

/**
 * Thinking of an earlier turn, restored from our own `encrypted_content`. Without one, or with another service's, the
 * item is dropped: a summary is not what the model thought (openai.md §12). Its other members may be null (§11).
 */
export const decodeReasoningItem: DecodeItem = ({ encrypted_content }, _param, { turns }) => {
  const thinking = typeof encrypted_content === 'string' ? decodeReasoning(encrypted_content) : undefined;
  if (thinking) turns.addAssistant(thinking);
};
