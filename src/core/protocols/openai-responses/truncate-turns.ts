import type { InputBlock, InputMessage, MessagesRequest, ToolResultInput } from '../../messages/vocabulary.js';

/** About what an image or a page of a document takes, in characters of text. */
const CHARACTERS_OF_MEDIA = 6000;

/** Begins a conversation that would begin with the assistant otherwise. */
const LEFT_OUT = '[The earlier turns of this conversation were left out, to save room.]';

/**
 * The request without its oldest messages, so that at most `share` of their text is left, or as little as can be; the
 * system prompt and the tools stay. Calls and their results go together, and what was said last stays: undefined where
 * nothing can go (openai.md §6, `truncation: auto`).
 * @param share between 0 and 1
 */
export function truncateTurns(request: MessagesRequest, share: number): MessagesRequest | undefined {
  const { messages } = request;
  const sizes = messages.map(sizeOf);
  let left = sizes.reduce((sum, size) => sum + size, 0);
  const enough = left * share;
  let cut: number | undefined;
  for (let index = 0; index < messages.length; index++) {
    if (index > 0 && mayBegin(messages, index)) {
      cut = index;
      if (left <= enough) break;
    }
    left -= sizes[index] ?? 0;
  }
  if (cut === undefined) return undefined;
  const kept = messages.slice(cut);
  return { ...request, messages: kept[0]?.role === 'user' ? kept : [{ role: 'user', content: LEFT_OUT }, ...kept] };
}

/** Not with results of calls that are gone, and not with an assistant whom nobody answers. */
function mayBegin(messages: readonly InputMessage[], index: number): boolean {
  const message = messages[index];
  if (message?.role === 'assistant') return index < messages.length - 1;
  return message?.role === 'user' && !hasResults(message);
}

function hasResults({ content }: InputMessage): boolean {
  return typeof content !== 'string' && content.some((block) => block.type === 'tool_result');
}

type Block = InputBlock | Exclude<NonNullable<ToolResultInput['content']>, string>[number];

function sizeOf({ content }: InputMessage): number {
  return typeof content === 'string' ? content.length : sizeOfBlocks(content);
}

function sizeOfBlocks(blocks: readonly Block[]): number {
  let size = 0;
  for (const block of blocks) size += sizeOfBlock(block);
  return size;
}

function sizeOfBlock(block: Block): number {
  switch (block.type) {
    case 'text':
      return block.text.length;
    case 'image':
    case 'document':
      return block.source.type === 'text' ? block.source.data.length : CHARACTERS_OF_MEDIA;
    case 'tool_result':
      return typeof block.content === 'string' ? block.content.length : sizeOfBlocks(block.content ?? []);
    default:
      return JSON.stringify(block).length;
  }
}
