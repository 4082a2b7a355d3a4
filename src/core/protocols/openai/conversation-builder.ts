import { UniqueNames } from '../../messages/unique-names.js';
import type { InputBlock, InputMessage, ToolResultInput } from '../../messages/vocabulary.js';
import { decodeCallInput } from './call-input.js';
import { CallPairs, type ResultInput } from './call-pairs.js';
import type { JsonObject } from './check-fields.js';

export type TextInput = Extract<InputBlock, { type: 'text' }>;
/** What a user may say, and a result may hold. */
export type UserBlock = Extract<InputBlock, { type: 'text' | 'image' | 'document' }>;
export type AssistantBlock = Extract<InputBlock, { type: 'text' | 'thinking' | 'redacted_thinking' }>;

/** A result may say as well that a tool is there now. */
export type ResultBlock = InputBlock | Extract<ResultPart, { type: 'tool_reference' }>;
type ResultPart = Exclude<NonNullable<ToolResultInput['content']>, string>[number];

export interface Conversation {
  system?: TextInput[];
  messages: InputMessage[];
}

/** A call of a tool on its way to its result. */
interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

type Result = ResultInput<Call, ResultBlock>;

type Entry =
  | { role: 'user' | 'assistant'; blocks: readonly InputBlock[] }
  | { role: 'call'; call: Call }
  | { role: 'result'; result: Result };

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly blocks: (InputBlock | Call)[];
}

/** What the service upstream takes as an id. */
const LONGEST_ID = 64;
const MISFITS = /[^a-zA-Z0-9_-]/g;
/** Stands where a turn would say nothing; the same words go upstream for it. */
const NOTHING_SAID = 'Continue';
const NO_RESULT = '(no output)';

/**
 * Puts a conversation together as Messages has it, from what was said in the client's order (openai.md §4, §15):
 * neighbours of one role are one turn, and every call is answered in the very next user turn. Results are moved there
 * from wherever they stand, one that is missing is said to be, one without a call stays as the user's. Only empty texts
 * are dropped, and turns of the assistant without anything.
 */
export class ConversationBuilder {
  private readonly system: TextInput[] = [];
  private readonly entries: Entry[] = [];
  private readonly pairs = new CallPairs<Call, ResultBlock>();

  /** Instructions, wherever they stand in the conversation. */
  addSystem(text: string): void {
    if (text !== '') this.system.push({ type: 'text', text });
  }

  /** @param content blocks of the kinds in `UserBlock`; without any the user's turn is still there */
  addUser(content: string | readonly InputBlock[]): void {
    this.pairs.leaveTurn();
    this.entries.push({ role: 'user', blocks: blocksOf(content) });
  }

  /** @param content blocks of the kinds in `AssistantBlock` */
  addAssistant(content: string | readonly InputBlock[]): void {
    const blocks = blocksOf(content);
    if (blocks.length > 0) this.entries.push({ role: 'assistant', blocks });
  }

  /**
   * @param call its id is the client's, of any form, and may come again for another call; its name is the model's
   *   (`ClientTools.nameOf`); its input an object, or JSON text as clients write it
   */
  addCall({ id, name, input }: { id: string; name: string; input: JsonObject | string }): void {
    const call: Call = { id, name: name === '' ? 'tool' : name, input: decodeCallInput(input) };
    this.pairs.addCall(id, call);
    this.entries.push({ role: 'call', call });
  }

  /** @param callId the client's id of the call that it answers */
  addResult(callId: string, content: string | readonly ResultBlock[]): void {
    this.pairs.leaveTurn();
    const result = this.pairs.addResult(callId, blocksOf(content));
    this.entries.push({ role: 'result', result });
  }

  /** The conversation, of at least one user message; `decodeRequest` of a Messages request accepts it. */
  build(): Conversation {
    const results = this.pairs.finish();
    const turns = groupTurns(this.entries);
    const { system } = this;
    if (turns.length === 0) {
      // Instructions alone are what is to be answered.
      return { messages: [{ role: 'user', content: system.length > 0 ? [...system] : NOTHING_SAID }] };
    }
    if (!turns.some(({ role }) => role === 'user')) turns.unshift({ role: 'user', blocks: [] });
    return { ...(system.length > 0 && { system: [...system] }), messages: writeMessages(turns, results) };
  }
}

function blocksOf<T extends ResultBlock>(content: string | readonly T[]): readonly (T | TextInput)[] {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return blocks.filter((block) => block.type !== 'text' || block.text !== '');
}

function groupTurns(entries: readonly Entry[]): Turn[] {
  const turns: Turn[] = [];
  /** The turn of each call so far. */
  const turnOf = new Map<Call, Turn>();
  for (const entry of entries) {
    if (entry.role === 'call') {
      const turn = lastTurn(turns, 'assistant');
      turn.blocks.push(entry.call);
      turnOf.set(entry.call, turn);
    } else if (entry.role === 'result') {
      addResult(turns, entry.result, turnOf);
    } else {
      append(lastTurn(turns, entry.role), entry.blocks);
    }
  }
  return turns;
}

/** What answers the newest turn ends it; what answers an earlier one, or a later one, leaves nothing in its place. */
function addResult(turns: Turn[], { call, content }: Result, turnOf: ReadonlyMap<Call, Turn>): void {
  if (!call) {
    if (content.length > 0) append(lastTurn(turns, 'user'), content.map(asUserBlock));
  } else if (turns.length > 0 && turnOf.get(call) === turns.at(-1)) lastTurn(turns, 'user');
}

/** One at a time: as arguments of one call a hundred thousand would end the stack. */
function append(turn: Turn, blocks: readonly InputBlock[]): void {
  for (const block of blocks) turn.blocks.push(block);
}

function lastTurn(turns: Turn[], role: Turn['role']): Turn {
  const last = turns.at(-1);
  if (last?.role === role) return last;
  const turn: Turn = { role, blocks: [] };
  turns.push(turn);
  return turn;
}

function writeMessages(turns: readonly Turn[], results: ReadonlyMap<Call, readonly ResultBlock[]>): InputMessage[] {
  const messages: InputMessage[] = [];
  const ids = new UniqueNames(LONGEST_ID);
  let answers: InputBlock[] = [];
  for (const { role, blocks } of turns) {
    const content: InputBlock[] = answers;
    answers = [];
    for (const block of blocks) {
      if ('type' in block) content.push(block);
      else {
        const id = ids.take(block.id.replace(MISFITS, '_') || 'call');
        content.push({ type: 'tool_use', id, name: block.name, input: block.input });
        answers.push({ type: 'tool_result', tool_use_id: id, content: resultOf(results.get(block)) });
      }
    }
    messages.push({ role, content: content.length > 0 ? content : NOTHING_SAID });
  }
  if (answers.length > 0) messages.push({ role: 'user', content: answers });
  return messages;
}

function resultOf(blocks: readonly ResultBlock[] | undefined): ToolResultInput['content'] {
  return blocks && blocks.length > 0 ? ([...blocks] as ResultPart[]) : NO_RESULT;
}

/** That a tool is there now has a place in results only. */
function asUserBlock(block: ResultBlock): InputBlock {
  return block.type === 'tool_reference' ? { type: 'text', text: block.tool_name } : block;
}
