/** One member of an object in JSON text. Places are indexes into the text; ends are exclusive. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

interface Members {
  readonly list: readonly Member[];
  /** Of the closing brace. */
  readonly end: number;
}

const WHITESPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * The members of the object whose brace is the first thing at `start`. Nothing is changed by reading the text this way,
 * unlike by parsing and printing it: order, spaces and line ends are the user's.
 * @param text valid JSON
 */
export function readMembers(text: string, start: number): Members {
  const list: Member[] = [];
  let place = skip(WHITESPACE, text, skip(WHITESPACE, text, start) + 1);
  while (text[place] !== '}') {
    const nameEnd = skip(STRING, text, place);
    const valueStart = skip(WHITESPACE, text, skip(WHITESPACE, text, nameEnd) + 1);
    const valueEnd = endOfValue(text, valueStart);
    list.push({ name: JSON.parse(text.slice(place, nameEnd)), start: place, valueStart, valueEnd });
    place = skip(WHITESPACE, text, valueEnd);
    if (text[place] === ',') place = skip(WHITESPACE, text, place + 1);
  }
  return { list, end: place };
}

/**
 * The text with a member set: its value replaced, or the member added behind the last one, spaced as that is.
 * @param start of the object
 * @param value JSON
 * @param depth how deep the object stands; used where it has no member to look at
 */
export function setMember(text: string, start: number, name: string, value: string, depth: number): string {
  const { list, end } = readMembers(text, start);
  const present = list.findLast((member) => member.name === name);
  if (present) return splice(text, present.valueStart, present.valueEnd, value);
  const written = `${JSON.stringify(name)}: ${value}`;
  const last = list.at(-1);
  if (last) {
    const space = /[ \t\r\n]*$/.exec(text.slice(0, last.start))?.[0] ?? '';
    return splice(text, last.valueEnd, last.valueEnd, `,${space}${written}`);
  }
  const [line, indent] = [lineEndOf(text), indentOf(text)];
  const inside = `${line}${indent.repeat(depth + 1)}${written}${line}${indent.repeat(depth)}`;
  return splice(text, skip(WHITESPACE, text, start) + 1, end, inside);
}

/** The text without a member, and without the comma and the space that came with it. */
export function removeMember(text: string, start: number, name: string): string {
  const { list, end } = readMembers(text, start);
  const index = list.findLastIndex((member) => member.name === name);
  const member = list[index];
  if (!member) return text;
  const [before, after] = [list[index - 1], list[index + 1]];
  if (before) return splice(text, before.valueEnd, member.valueEnd, '');
  if (after) return splice(text, member.start, after.start, '');
  return splice(text, skip(WHITESPACE, text, start) + 1, end, '');
}

/** Those of the first line; `\n` where there is one line only. */
export function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

function indentOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return skip(STRING, text, start);
  if (text[start] !== '{' && text[start] !== '[') return skip(SCALAR, text, start);
  let place = start;
  let depth = 0;
  do {
    const sign = text[place];
    if (sign === '"') place = skip(STRING, text, place);
    else place += 1;
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
  } while (depth > 0);
  return place;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}
