import type { InputMessage } from '../../messages/vocabulary.js';
import { encodeUserBlock } from './encode-blocks.js';
import type { ToolNames } from './tool-names.js';
import type { Image, ToolResult, ToolUse } from './wire.js';

export interface UserTurn {
  role: 'user';
  texts: string[];
  images: Image[];
  toolResults: ToolResult[];
}

export interface AssistantTurn {
  role: 'assistant';
  texts: string[];
  toolUses: ToolUse[];
}

export type Turn = UserTurn | AssistantTurn;

/** The service refuses a result without content (§10: empty result → short filler). */
const EMPTY_RESULT = '(no output)';
const IMAGE_NOTE = '(the image is attached to this message)';

/**
 * Messages as turns that strictly alternate: neighbours of one role become one turn (amazon-q.md §2.5 rule 1), so do
 * system messages between them, as marked text in their place.
 */
export function groupTurns(messages: readonly InputMessage[], names: ToolNames): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') addAssistant(turns, message.content, names);
    else if (message.role === 'system') addSystem(turns, message.content);
    else addUser(turns, message.content);
  }
  return turns;
}

function userTurn(turns: Turn[]): UserTurn {
  const last = turns.at(-1);
  if (last?.role === 'user') return last;
  const turn: UserTurn = { role: 'user', texts: [], images: [], toolResults: [] };
  turns.push(turn);
  return turn;
}

function addUser(turns: Turn[], content: Extract<InputMessage, { role: 'user' }>['content']): void {
  const turn = userTurn(turns);
  if (typeof content === 'string') {
    turn.texts.push(content);
    return;
  }
  for (const block of content) {
    if (block.type !== 'tool_result') {
      for (const encoded of encodeUserBlock(block)) {
        if ('image' in encoded) turn.images.push(encoded.image);
        else turn.texts.push(encoded.text);
      }
      continue;
    }
    const texts: string[] = [];
    const parts =
      typeof block.content === 'string' ? [{ type: 'text' as const, text: block.content }] : (block.content ?? []);
    for (const encoded of parts.flatMap((part) => encodeUserBlock(part))) {
      if ('text' in encoded) texts.push(encoded.text);
      else {
        // An image has no place inside a result (§2.7): it goes beside the message, the result says so.
        turn.images.push(encoded.image);
        texts.push(IMAGE_NOTE);
      }
    }
    const text = texts.filter((part) => part !== '').join('\n');
    turn.toolResults.push({
      toolUseId: block.tool_use_id,
      status: block.is_error ? 'error' : 'success',
      content: [{ text: text.trim() === '' ? EMPTY_RESULT : text }],
    });
  }
}

function addSystem(turns: Turn[], content: Extract<InputMessage, { role: 'system' }>['content'] | undefined): void {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
  if (text.trim() !== '') userTurn(turns).texts.push(`<system>\n${text}\n</system>`);
}

function addAssistant(
  turns: Turn[],
  content: Extract<InputMessage, { role: 'assistant' }>['content'],
  names: ToolNames,
): void {
  const last = turns.at(-1);
  const turn: AssistantTurn = last?.role === 'assistant' ? last : { role: 'assistant', texts: [], toolUses: [] };
  if (turn !== last) turns.push(turn);
  if (typeof content === 'string') {
    turn.texts.push(content);
    return;
  }
  for (const block of content) {
    if (block.type === 'text') turn.texts.push(block.text);
    else if (block.type === 'tool_use' && !turn.toolUses.some((use) => use.toolUseId === block.id)) {
      turn.toolUses.push({
        toolUseId: block.id,
        name: names.encode(block.name),
        input: block.input as Record<string, unknown>,
      });
    }
    // Thinking is signed for the account that made it and upstream needs none of it back: it is left out (§2.9).
  }
}
