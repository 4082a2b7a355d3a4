import type { InputBlock } from '../../messages/vocabulary.js';

/** Thinking as it goes back with a request: its text with the maker's signature, or what only the maker can read. */
export type ThinkingInput = Extract<InputBlock, { type: 'thinking' | 'redacted_thinking' }>;

/** Tells our own from what other services made; the version of what follows. */
const MARK = 'amqr1.';

/**
 * The `encrypted_content` of a reasoning item (openai.md §12): all that Messages needs to replay its thinking, opaque to
 * clients. Nothing in it is secret, and nothing of it is trusted: upstream checks signatures by itself.
 */
export function encodeReasoning(blocks: readonly ThinkingInput[]): string {
  return MARK + Buffer.from(JSON.stringify(blocks.map(spell))).toString('base64url');
}

/** The thinking that `encodeReasoning` put there; undefined for anything that is not ours. */
export function decodeReasoning(encrypted: string): ThinkingInput[] | undefined {
  if (!encrypted.startsWith(MARK)) return undefined;
  const spelled = parse(Buffer.from(encrypted.slice(MARK.length), 'base64url').toString());
  if (!Array.isArray(spelled) || spelled.length === 0) return undefined;
  const blocks = spelled.map(read);
  return blocks.every((block) => block !== undefined) ? blocks : undefined;
}

function spell(block: ThinkingInput): string[] {
  return block.type === 'thinking' ? [block.thinking, block.signature] : [block.data];
}

function read(spelled: unknown): ThinkingInput | undefined {
  if (!Array.isArray(spelled) || !spelled.every((part) => typeof part === 'string')) return undefined;
  const [first, signature] = spelled;
  if (first === undefined || spelled.length > 2) return undefined;
  return signature === undefined
    ? { type: 'redacted_thinking', data: first }
    : { type: 'thinking', thinking: first, signature };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
