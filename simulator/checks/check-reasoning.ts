import type { SimulatedAccount } from '../account.js';
import { improperlyFormed, validationError } from '../service-error.js';
import { isBase64 } from './check-images.js';
import { requireObject, requireText, requireUnion } from './require-value.js';

/** Thinking played back: the nested form only, signed for this very account (sheet §2.9). */
export function checkReasoning(value: unknown, path: string, account: SimulatedAccount): void {
  const [name, member] = requireUnion(value, path, ['reasoningText', 'redactedContent']);
  if (name === 'redactedContent') {
    if (!isBase64(requireText(member, `${path}.redactedContent`))) {
      throw improperlyFormed(`${path}.redactedContent must be base64`);
    }
    return;
  }
  const thinking = requireObject(member, `${path}.reasoningText`);
  requireText(thinking.text, `${path}.reasoningText.text`);
  if (typeof thinking.signature !== 'string' || !account.gave(thinking.signature)) {
    const message = 'Invalid signature in thinking block.';
    throw validationError('THINKING_SIGNATURE_INVALID', message, `${path}.reasoningText.signature`);
  }
}
