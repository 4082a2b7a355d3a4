const CHARACTERS_PER_TOKEN = 4;
/** An image, or a page or two of a document. */
const TOKENS_OF_MEDIA = 1_600;
/** Of a value that is no text, and of each name. */
const TOKENS_PER_VALUE = 1;

/**
 * About how many tokens a body has, whatever it says: for one that is not ours to read, a request that goes past us as
 * it is. Takes one walk over it; anything in base64 counts as an image.
 */
export function roughTokens(body: unknown): number {
  let characters = 0;
  let tokens = 0;
  const waiting: unknown[] = [body];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') characters += value.length;
    else if (value === null || typeof value !== 'object') tokens += TOKENS_PER_VALUE;
    else if (isMedia(value)) tokens += TOKENS_OF_MEDIA;
    else for (const each of Object.values(value)) waiting.push(each);
  }
  return tokens + Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

function isMedia(value: object): boolean {
  return 'type' in value && value.type === 'base64' && 'data' in value && typeof value.data === 'string';
}
