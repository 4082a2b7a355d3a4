import { cutText } from '../../../messages/cut-text.js';
import { isObject } from '../../openai/check-fields.js';
import type { Item } from '../responses-request.js';
import type { DecodeItem } from './decode-item.js';

/** Of characters: what a command printed may be long. */
const LONGEST_NOTE = 20_000;

/** A heading, in which `{name}` is the item's name, and the members under it that say something to a model. */
interface Part {
  heading: string;
  members: readonly string[];
}

interface Note {
  /** Who did it: the model with what runs beside it, or the client. */
  side: 'assistant' | 'user';
  parts: readonly Part[];
}

const call = (tool: string, ...members: string[]): Part => ({ heading: `[${tool} was called]`, members });
const result = (tool: string, ...members: string[]): Part => ({ heading: `[result of ${tool}]`, members });
const done = (...parts: Part[]): Note => ({ side: 'assistant', parts });
const answered = (...parts: Part[]): Note => ({ side: 'user', parts });

/**
 * Traces of tools that the original's servers run, and of those its clients run that are not offered here (openai.md
 * §6). What came of them matters to the rest of the conversation: it goes on as a note. Nobody checks these items, and
 * none is refused; images, ids and what is encrypted are left out.
 */
export const NOTES: ReadonlyMap<string, Note> = new Map([
  ['local_shell_call', done(call('local_shell', 'action', 'command'))],
  ['local_shell_call_output', answered(result('local_shell', 'output'))],
  ['shell_call', done(call('shell', 'action', 'commands'))],
  ['shell_call_output', answered(result('shell', 'output', 'stdout', 'stderr', 'outcome', 'type', 'exit_code'))],
  ['apply_patch_call', done(call('apply_patch', 'operation', 'type', 'path', 'diff'))],
  ['apply_patch_call_output', answered(result('apply_patch', 'status', 'output'))],
  ['web_search_call', done(call('web_search', 'action', 'query', 'queries', 'url', 'pattern'))],
  ['file_search_call', done(call('file_search', 'queries'), result('file_search', 'results', 'filename', 'text'))],
  ['code_interpreter_call', done(call('code_interpreter', 'code'), result('code_interpreter', 'outputs', 'logs'))],
  ['computer_call', done(call('computer', 'action', 'actions', 'type', 'x', 'y', 'button', 'keys', 'text'))],
  ['computer_call_output', answered(result('computer', 'output', 'type'))],
  ['image_generation_call', done(call('image_generation', 'revised_prompt'))],
  ['mcp_call', done(call('{name}', 'arguments'), result('{name}', 'output', 'error', 'content', 'message', 'text'))],
  ['mcp_approval_request', done({ heading: '[approval was asked for to call {name}]', members: ['arguments'] })],
  [
    'mcp_approval_response',
    answered({ heading: '[answer to the question for approval]', members: ['approve', 'reason'] }),
  ],
  ['program', done(call('program', 'code'))],
  ['program_output', answered(result('program', 'result'))],
]);

/** What a bare value would not say by itself. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['approve', 'approved: '],
  ['exit_code', 'exit code: '],
  ['x', 'x: '],
  ['y', 'y: '],
]);

/** @param type one of `NOTES` */
export const decodeHostedItem: DecodeItem = (item, _param, { turns }) => {
  const note = NOTES.get(item.type as string);
  const text = note ? tellItem(item, note) : '';
  if (text === '') return;
  const block = { type: 'text' as const, text };
  if (note?.side === 'user') turns.addUser([block]);
  else turns.addAssistant([block]);
};

function tellItem(item: Item, { parts }: Note): string {
  const name = typeof item.name === 'string' ? item.name : 'a tool';
  const { type: _ofTheItem, ...rest } = item;
  const told = parts.map(({ heading, members }) => {
    const words = tell(rest, members);
    const title = heading.replace('{name}', () => name);
    // A call may say nothing more than that it was; a result without words is none.
    return words === '' && heading.startsWith('[result') ? '' : lines([title, words]);
  });
  return cutText(lines(told), LONGEST_NOTE);
}

function tell(value: unknown, members: readonly string[]): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return lines(value.map((each) => tell(each, members)));
  if (!isObject(value)) return '';
  return lines(
    members.map((member) => {
      const words = Object.hasOwn(value, member) ? tell(value[member], members) : '';
      return words === '' ? '' : `${LABELS.get(member) ?? ''}${words}`;
    }),
  );
}

function lines(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}
