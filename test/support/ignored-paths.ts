import * as anthropic from '../../src/core/protocols/anthropic/ignored-fields.js';
import * as chat from '../../src/core/protocols/openai-chat/ignored-fields.js';
import * as responses from '../../src/core/protocols/openai-responses/ignored-fields.js';

type Keys = readonly (string | number)[];

/** Whether the leaf of a request under these keys is on the list of ignored fields, itself or what it lies below. */
export type IsIgnored = (request: unknown, keys: Keys) => boolean;

const LISTS_OF_BLOCKS = [
  'system',
  'messages.*.content',
  'messages.*.content.{document}.source.content',
  'messages.*.content.{search_result}.content',
  'messages.*.content.{tool_result}.content',
  'messages.*.content.{tool_result}.content.{document}.source.content',
  'messages.*.content.{tool_result}.content.{search_result}.content',
];

export const isIgnoredPath = among([
  ...anthropic.IGNORED_REQUEST_FIELDS,
  ...anthropic.IGNORED_FIELDS_OF_PARTS,
  ...below(LISTS_OF_BLOCKS, anthropic.IGNORED_FIELDS_OF_BLOCKS),
]);

export const isIgnoredInChat = among([
  ...chat.IGNORED_REQUEST_FIELDS,
  ...chat.IGNORED_FIELDS_OF_PARTS,
  ...below(['messages', 'messages.*.content'], chat.IGNORED_FIELDS_OF_MESSAGES),
]);

/** Tools may stand in a namespace, and both may come with an item. */
const toolsAnywhere = ['tools', 'tools.*.tools', 'input.*.tools', 'input.*.tools.*.tools'];

export const isIgnoredInResponses = among([
  ...responses.IGNORED_REQUEST_FIELDS,
  ...responses.IGNORED_FIELDS_OF_PARTS.flatMap((field) =>
    field.startsWith('tools.') ? below(toolsAnywhere, [field.slice('tools.'.length)]) : field,
  ),
  ...below(['input', 'input.*.content', 'input.*.output'], responses.IGNORED_FIELDS_OF_ITEMS),
  ...below(['input'], responses.IGNORED_FIELDS_OF_NOTES),
]);

function below(lists: readonly string[], fields: readonly string[]): string[] {
  return lists.flatMap((list) => fields.map((field) => `${list}.${field}`));
}

function among(patterns: readonly string[]): IsIgnored {
  const split = patterns.map((pattern) => pattern.split('.'));
  return (request, keys) => split.some((pattern) => leadsTo(pattern, request, keys));
}

function leadsTo(pattern: readonly string[], request: unknown, keys: Keys): boolean {
  let value = request;
  for (const [index, step] of pattern.entries()) {
    const key = keys[index];
    if (key === undefined) return false;
    value = (value as Record<string, unknown> | undefined)?.[key];
    if (step !== '*' && step !== String(key) && !tagsOf(value).includes(step)) return false;
  }
  return true;
}

/** A thing goes by its type; a message of Chat by its role, one of Responses by what it is. */
function tagsOf(value: unknown): string[] {
  const { type, role } = (value ?? {}) as { type?: unknown; role?: unknown };
  if (typeof type === 'string') return [`{${type}}`];
  return typeof role === 'string' ? [`{${role}}`, '{message}'] : [];
}
