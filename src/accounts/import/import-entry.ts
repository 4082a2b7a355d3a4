import { isRecord } from './fields.js';

/** One file, or the body of a request. */
export interface ImportSource {
  /** Name of the file: registrations are found by it, and errors name it. */
  file?: string;
  /** Parsed JSON; absent when there is a `problem`. */
  content?: unknown;
  /** Why the file can't be read. */
  problem?: string;
}

/** One thing to be imported. */
export interface ImportEntry {
  /** Its place in the whole import, from 0. */
  index: number;
  file?: string;
  value?: unknown;
  problem?: string;
}

/** Wrappers in wrappers help nobody. */
const DEEPEST_WRAPPER = 3;
const LONGEST_FILE_NAME = 200;

/**
 * The entries of files and bodies in their order. A list and `{"accounts":[…]}` hold one entry an element;
 * `{"fileName":"….json","content":…}` says which file its content comes from.
 */
export function* listEntries(sources: Iterable<ImportSource>): Generator<ImportEntry> {
  let index = 0;
  for (const source of sources) {
    for (const entry of unwrap(source, DEEPEST_WRAPPER)) yield { index: index++, ...entry };
  }
}

function* unwrap({ file, content, problem }: ImportSource, levels: number): Generator<Omit<ImportEntry, 'index'>> {
  const elements = levels > 0 ? elementsOf(content) : undefined;
  const wrapped = levels > 0 ? wrappedIn(content) : undefined;
  if (problem !== undefined) yield { file, problem };
  else if (elements) {
    // An empty list in a list counts as an entry, so that a million of them are too many.
    if (elements.length === 0 && levels < DEEPEST_WRAPPER) yield { file, value: content };
    for (const element of elements) yield* unwrap({ file, content: element }, levels - 1);
  } else if (wrapped) yield* unwrap({ ...wrapped, file: wrapped.file ?? file }, levels - 1);
  else yield { file, value: content };
}

function elementsOf(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content;
  return isRecord(content) && Array.isArray(content.accounts) ? content.accounts : undefined;
}

function wrappedIn(content: unknown): ImportSource | undefined {
  if (!isRecord(content) || !Object.hasOwn(content, 'content')) return undefined;
  const name = content.fileName ?? content.file_name;
  return { content: content.content, ...(typeof name === 'string' && { file: baseName(name) }) };
}

/** What stands after the last slash of either kind, cut to a length that an answer bears. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).slice(-LONGEST_FILE_NAME);
}
