import type { MessagesRequest } from './vocabulary.js';

/** English text and code average close to four characters a token; upstream's own numbers replace this at the end. */
const CHARACTERS_PER_TOKEN = 4;
/** What an image of typical size costs (width × height / 750, about 1,000 × 1,000). */
const TOKENS_PER_IMAGE = 1_300;

export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** A first estimate of a request's input tokens, cheap enough for every request: it counts characters once. */
export function estimateInputTokens(request: Pick<MessagesRequest, 'messages' | 'system' | 'tools'>): number {
  const size = { characters: 0, images: 0 };
  measure(request.system, size);
  measure(request.tools, size);
  for (const message of request.messages) measure(message.content, size);
  return Math.max(1, estimateTextTokens(size.characters) + size.images * TOKENS_PER_IMAGE);
}

function measure(value: unknown, size: { characters: number; images: number }): void {
  if (typeof value === 'string') {
    size.characters += value.length;
  } else if (Array.isArray(value)) {
    for (const item of value) measure(item, size);
  } else if (value !== null && typeof value === 'object') {
    if ('type' in value && value.type === 'image') {
      size.images += 1;
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      size.characters += key.length;
      measure(item, size);
    }
  }
}
