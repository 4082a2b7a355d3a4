import { createHash, type Hash } from 'node:crypto';

/** Of the system prompt, and of the first message: as many characters and the length tell conversations apart, cheaply. */
const LONGEST_TEXT = 8_192;
const MOST_BLOCKS = 1_000;

/**
 * Tells by how a conversation began which one it is, where the client does not say: by the first block of the system
 * prompt (what stands behind it may have come in the course of the conversation) and the first message of the user.
 * Markers for caches are not looked at: clients move them.
 * @param request a Messages request, be it a good one or not
 * @returns undefined where the user says nothing
 */
export function openingDigest(request: unknown): string | undefined {
  const { system, messages } = fieldsOf(request);
  const first = Array.isArray(messages) ? messages.find((message) => fieldsOf(message).role === 'user') : undefined;
  if (first === undefined) return undefined;
  const hash = createHash('sha256');
  addText(hash, textOf(Array.isArray(system) ? system[0] : system), LONGEST_TEXT);
  addContent(hash, fieldsOf(first).content);
  return hash.digest('base64url');
}

function addContent(hash: Hash, content: unknown): void {
  const blocks = Array.isArray(content) ? content.slice(0, MOST_BLOCKS) : [content];
  let left = LONGEST_TEXT;
  for (const block of blocks) {
    const text = textOf(block);
    addText(hash, text, left);
    left = Math.max(left - text.length, 0);
  }
}

/** With its length: where one text ends and the next begins is a difference too. */
function addText(hash: Hash, text: string, most: number): void {
  hash.update(`${text.length}\n`).update(text.slice(0, most));
}

/** The words of a block, or what its file is known by. */
function textOf(block: unknown): string {
  if (typeof block === 'string') return block;
  const { text, source } = fieldsOf(block);
  const { data, url, file_id } = fieldsOf(source);
  const found = [text, data, url, file_id].find((each) => typeof each === 'string');
  return typeof found === 'string' ? found : '';
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
