import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ClientSettings, GatewaySettings, Merged } from './client-settings.js';
import { lineEndOf } from './json-members.js';
import { readStatements, type Statement } from './toml-statements.js';

const PROVIDER = 'amq-gateway';
const PROVIDER_PATH = ['model_providers', PROVIDER];
const BEGIN = '# >>> amq-gateway: written by `amq-gateway client setup codex`, and taken out by its --undo';
const END = '# <<< amq-gateway';
const PUT_ASIDE = '# amq-gateway put aside: ';
/** Without them it works as well: Codex then offers tools that need OpenAI's servers, and asks for plugins at its start. */
const RECOMMENDED: readonly { table: string | undefined; name: string; value: string }[] = [
  { table: undefined, name: 'web_search', value: '"disabled"' },
  { table: 'features', name: 'goals', value: 'false' },
  { table: 'features', name: 'plugins', value: 'false' },
  { table: 'agents', name: 'enabled', value: 'false' },
];

/** Where Codex takes the key from. */
export type CodexKey =
  | { readonly in: 'file'; readonly path: string; readonly key: string }
  /** `AMQ_GATEWAY_KEY` */
  | { readonly in: 'environment' };

/** Codex' folder of this user. */
export function codexHome(home: string, environment: Readonly<Record<string, string | undefined>>): string {
  return environment.CODEX_HOME || join(home, '.codex');
}

/** Codex' config.toml of this user: the gateway as one of its providers (openai.md §11). */
export class CodexSettings implements ClientSettings {
  readonly client = 'codex';
  readonly path: string;
  readonly isSecret = false;
  readonly keyFile: { path: string; key: string } | undefined;
  readonly advice: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  private readonly root: readonly string[];
  private readonly provider: readonly string[];

  /** @param gateway undefined: only `takeOut` is wanted */
  constructor(folder: string, platform: string, gateway?: GatewaySettings, key: CodexKey = { in: 'environment' }) {
    this.path = join(folder, 'config.toml');
    this.keyFile = key.in === 'file' ? { path: key.path, key: key.key } : undefined;
    this.advice = key.in === 'file' ? [] : ['Codex takes the key from AMQ_GATEWAY_KEY in its environment'];
    const { url = '', model = '' } = gateway ?? {};
    this.root = [`model = ${text(model)}`, `model_provider = ${text(PROVIDER)}`];
    this.provider = [
      `[model_providers.${PROVIDER}]`,
      `name = ${text(PROVIDER)}`,
      `base_url = ${text(`${url}/v1`)}`,
      ...(key.in === 'environment' ? ['env_key = "AMQ_GATEWAY_KEY"'] : []),
      'wire_api = "responses"',
      `model_catalog_url = ${text(`${url}/v1/models`)}`,
      ...(key.in === 'file' ? ['', `[model_providers.${PROVIDER}.auth]`, ...readingCommand(key.path, platform)] : []),
    ];
    this.values = { model, model_provider: PROVIDER, base_url: `${url}/v1`, key: key.in };
  }

  print(): string {
    return this.merge('', false).text.replaceAll(/^# [<>]{3}.*\n/gm, '');
  }

  merge(original: string, replace: boolean): Merged {
    const statements = this.read(original);
    const present = original === '' ? '' : this.putAside(original, statements, replace);
    const kept = this.read(present);
    const line = lineEndOf(original);
    const notes = noteOnProfile(kept);

    const root = [...this.root];
    const tables = new Map<string, string[]>();
    const additions: { place: number; lines: string[] }[] = [];
    for (const { table, name, value } of RECOMMENDED) {
      const path = table === undefined ? [name] : [table, name];
      const written = `${name} = ${value}`;
      const own = kept.find((statement) => statement.kind === 'pair' && isDeepStrictEqual(statement.path, path));
      if (own && own.value !== value) {
        notes.push(`${path.join('.')} is ${own.value} in ${this.path}: left as it is; ${value} is recommended`);
      }
      if (own) continue;
      if (table === undefined) root.push(written);
      else if (!kept.some((statement) => statement.path[0] === table))
        tables.set(table, [...(tables.get(table) ?? []), written]);
      else addTo(additions, kept, table, written, notes);
    }
    const added = insertAll(present, additions, line);
    const rest = added === '' || added.endsWith('\n') ? added : `${added}${line}`;
    const tail = [...tables].flatMap(([name, lines]) => [`[${name}]`, ...lines, '']).concat(this.provider);
    const mark = rest.startsWith('\ufeff') ? '\ufeff' : '';
    const parts = [block(root, line), rest.slice(mark.length), block(tail, line)].filter((part) => part !== '');
    return { text: mark + parts.join(line), values: {}, notes };
  }

  takeOut(current: string): { text: string; notes: string[] } {
    const mark = current.startsWith('\ufeff') ? '\ufeff' : '';
    const text = current.slice(mark.length);
    const lines = text.split(/(?<=\n)/);
    const own = ownLines(lines, this.read(text), this.path);
    const left = lines
      .filter((_, index) => !own.has(index))
      .map((line) => (line.startsWith(PUT_ASIDE) ? line.slice(PUT_ASIDE.length) : line))
      .join('');
    return { text: left.trim() === '' ? '' : mark + left, notes: [] };
  }

  private read(text: string): Statement[] {
    try {
      return readStatements(text);
    } catch (error) {
      const why = Error.isError(error) ? error.message : String(error);
      throw new Error(`${this.path}: ${why}. Mend it, or paste what is printed without --write`);
    }
  }

  /** Comments what is in the way out. */
  private putAside(original: string, statements: readonly Statement[], replace: boolean): string {
    const foreign = statements.filter(isInTheWay);
    if (foreign.some(({ path }) => path.length === 1 && path[0] === 'model_providers')) {
      throw new Error(`${this.path} has \`model_providers\` as one value: write it as tables first`);
    }
    if (foreign.length > 0 && !replace) {
      const names = [...new Set(foreign.map(({ path }) => path.slice(0, 2).join('.')))].join(', ');
      throw new Error(
        `${this.path} sets ${names} already, and this command did not write that. ` +
          'Remove it, or take --replace; --undo puts it back',
      );
    }
    let text = '';
    let place = 0;
    for (const { start, end } of foreign) {
      text += original.slice(place, start) + original.slice(start, end).replaceAll(/^(?=.)/gm, PUT_ASIDE);
      place = end;
    }
    return text + original.slice(place);
  }
}

function isInTheWay({ kind, path }: Statement): boolean {
  if (path[0] === 'model_providers') return path.length === 1 ? kind === 'pair' : path[1] === PROVIDER;
  return path.length === 1 && kind === 'pair' && (path[0] === 'model' || path[0] === 'model_provider');
}

function noteOnProfile(statements: readonly Statement[]): string[] {
  const profile = statements.find(({ kind, path }) => kind === 'pair' && path.length === 1 && path[0] === 'profile');
  return profile
    ? [`The profile ${profile.value} is on: what it sets counts for more than model and model_provider`]
    : [];
}

/** Below the header of a table of the user's. */
function addTo(
  additions: { place: number; lines: string[] }[],
  statements: readonly Statement[],
  table: string,
  written: string,
  notes: string[],
): void {
  const header = statements.find(({ kind, path }) => kind === 'table' && path.length === 1 && path[0] === table);
  if (!header) {
    notes.push(`${table} is not written as a table: left as it is; ${table}.${written} is recommended`);
    return;
  }
  const addition = additions.find(({ place }) => place === header.end);
  if (addition) addition.lines.push(written);
  else additions.push({ place: header.end, lines: [written] });
}

function insertAll(text: string, additions: readonly { place: number; lines: string[] }[], line: string): string {
  let result = '';
  let last = 0;
  for (const { place, lines } of additions.toSorted((one, other) => one.place - other.place)) {
    const before = text.slice(last, place);
    result += before.endsWith('\n') ? before : `${before}${line}`;
    result += block(lines, line);
    last = place;
  }
  return result + text.slice(last);
}

function block(lines: readonly string[], line: string): string {
  return [BEGIN, ...lines, END, ''].join(line);
}

/**
 * The lines between the marks that are ours. Codex writes into this file too, and may put what it adds between them:
 * that stays.
 * @returns indexes of lines
 */
function ownLines(lines: readonly string[], statements: readonly Statement[], path: string): Set<number> {
  const own = new Set<number>();
  let begin: number | undefined;
  let place = 0;
  const places = lines.map((line) => {
    place += line.length;
    return place - line.length;
  });
  lines.forEach((line, index) => {
    const isBegin = line.trimEnd() === BEGIN;
    const isEnd = line.trimEnd() === END;
    if (isBegin ? begin !== undefined : isEnd && begin === undefined) throw brokenMarks(path);
    if (isBegin) begin = index;
    if (begin === undefined) return;
    const [from, to] = [places[index] ?? 0, (places[index] ?? 0) + line.length];
    const statement = statements.find(({ start, end }) => start < to && end > from);
    if (isBegin || isEnd || line.trim() === '' || (statement && isOwn(statement, statements))) own.add(index);
    if (!isEnd) return;
    if (lines[index + 1]?.trim() === '' && begin === 0) own.add(index + 1);
    if (lines[begin - 1]?.trim() === '' && index === lines.length - 1) own.add(begin - 1);
    begin = undefined;
  });
  if (begin !== undefined) throw brokenMarks(path);
  return own;
}

function isOwn({ kind, path }: Statement, statements: readonly Statement[]): boolean {
  if (isDeepStrictEqual(path.slice(0, 2), PROVIDER_PATH)) return true;
  const isRecommended = (candidate: readonly string[]) =>
    RECOMMENDED.some(({ table, name }) => isDeepStrictEqual(candidate, table === undefined ? [name] : [table, name]));
  if (kind === 'pair')
    return isRecommended(path) || (path.length === 1 && ['model', 'model_provider'].includes(path[0] ?? ''));
  // A table of ours, unless somebody set something else in it since.
  return (
    !statements.some(
      (other) => other.kind === 'pair' && other.path[0] === path[0] && path.length === 1 && !isRecommended(other.path),
    ) &&
    path.length === 1 &&
    RECOMMENDED.some(({ table }) => table === path[0])
  );
}

function brokenMarks(path: string): Error {
  return new Error(
    `${path}: the lines \`${BEGIN}\` and \`${END}\` are not in pairs any more. Take out by hand what is ours`,
  );
}

/** How Codex gets the key out of the file: by a command, which it runs when it asks the gateway. */
function readingCommand(path: string, platform: string): string[] {
  return platform === 'win32'
    ? ['command = "cmd"', `args = ["/d", "/c", "type", ${text(path)}]`]
    : ['command = "cat"', `args = [${text(path)}]`];
}

/** Texts are written alike in TOML and in JSON, but for one sign. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
