import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ClientSettings, GatewaySettings, Merged, WrittenValue } from './client-settings.js';
import { readMembers, removeMember, setMember } from './json-members.js';

/** Claude Code takes models of its newer families for this large (anthropic.md §9). */
const LARGEST_WINDOW = 1_000_000;
/** They turn Claude Code to another service, whatever its base URL says. */
const OTHER_SERVICES = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];
const BYTE_ORDER_MARK = '\ufeff';

/** The variables of `env` in Claude Code's settings.json. */
export function claudeCodeVariables({ url, key, model, window, families }: GatewaySettings): Record<string, string> {
  const variables: Record<string, string> = {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
  };
  // Its own names for these are of models that an account may not offer.
  for (const [family, name] of families) variables[`ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`] = name;
  if (window !== undefined && window < LARGEST_WINDOW) variables.CLAUDE_CODE_AUTO_COMPACT_WINDOW = String(window);
  return variables;
}

/** Claude Code's settings.json of this user. */
export class ClaudeCodeSettings implements ClientSettings {
  readonly client = 'claude-code';
  readonly path: string;
  readonly isSecret = true;
  readonly values: Readonly<Record<string, string>>;
  readonly advice: readonly string[];

  /** @param gateway undefined: only `takeOut` is wanted */
  constructor(home: string, environment: Readonly<Record<string, string | undefined>>, gateway?: GatewaySettings) {
    this.path = join(environment.CLAUDE_CONFIG_DIR || join(home, '.claude'), 'settings.json');
    this.values = gateway ? claudeCodeVariables(gateway) : {};
    this.advice = environment.ANTHROPIC_API_KEY
      ? ['ANTHROPIC_API_KEY is set in this shell: Claude Code would send that key to the gateway too; unset it']
      : [];
  }

  print(): string {
    return `${JSON.stringify({ env: this.values }, null, 2)}\n`;
  }

  merge(original: string, replace: boolean): Merged {
    const mark = original.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    let text = original.slice(mark.length).trim() === '' ? '{}\n' : original.slice(mark.length);
    const present = this.environmentIn(text);
    this.refuseOthers(present, replace);
    if (placeOf(text) === undefined) text = setMember(text, 0, 'env', '{}', 0);
    const values: Record<string, WrittenValue> = {};
    for (const [name, value] of Object.entries(this.values)) {
      const before = present.get(name);
      if (before === value) continue;
      text = setMember(text, placeOf(text) ?? 0, name, JSON.stringify(value), 1);
      values[name] = { sha256: digest(value), before: before === undefined ? undefined : JSON.stringify(before) };
    }
    return { text: mark + text, values, notes: notesOn(present) };
  }

  takeOut(original: string, values: Readonly<Record<string, WrittenValue>>): { text: string; notes: string[] } {
    const mark = original.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    let text = original.slice(mark.length);
    const present = this.environmentIn(text);
    const notes: string[] = [];
    for (const [name, { sha256, before }] of Object.entries(values)) {
      const value = present.get(name);
      const start = placeOf(text);
      if (value === undefined || start === undefined) continue;
      if (typeof value !== 'string' || digest(value) !== sha256) notes.push(`${name} was set since: left as it is`);
      else if (before === undefined) text = removeMember(text, start, name);
      else text = setMember(text, start, name, before, 1);
    }
    const start = placeOf(text);
    if (start !== undefined && readMembers(text, start).list.length === 0) text = removeMember(text, 0, 'env');
    return { text: readMembers(text, 0).list.length === 0 ? '' : mark + text, notes };
  }

  private environmentIn(text: string): Map<string, unknown> {
    let settings: unknown;
    try {
      settings = JSON.parse(text);
    } catch (error) {
      const why = hasComment(text) ? 'it has a comment or a trailing comma' : reasonOf(error);
      throw new Error(`${this.path} is not plain JSON (${why}): mend it, or paste what is printed without --write`);
    }
    if (!isObject(settings)) throw new Error(`${this.path} is JSON, but no object`);
    const names = readMembers(text, 0).list.map(({ name }) => name);
    if (names.filter((name) => name === 'env').length > 1) throw new Error(`${this.path} has \`env\` twice`);
    const env = settings.env ?? {};
    if (!isObject(env) || settings.env === null) throw new Error(`${this.path}: \`env\` is no object`);
    return new Map(Object.entries(env));
  }

  private refuseOthers(present: ReadonlyMap<string, unknown>, replace: boolean): void {
    const elsewhere = OTHER_SERVICES.filter((name) => isOn(present.get(name)));
    if (elsewhere.length > 0) {
      throw new Error(
        `${this.path} turns Claude Code to another service: ${elsewhere.join(', ')} in \`env\`. Remove it`,
      );
    }
    const foreign = Object.entries(this.values).filter(
      ([name, value]) => present.has(name) && present.get(name) !== value,
    );
    if (foreign.length === 0 || replace) return;
    const names = foreign.map(([name]) => name).join(', ');
    throw new Error(
      `${this.path} sets ${names} in \`env\` already, and this command did not write that. ` +
        'Remove it, or take --replace; --undo puts it back',
    );
  }
}

function notesOn(present: ReadonlyMap<string, unknown>): string[] {
  return present.has('ANTHROPIC_API_KEY')
    ? ['ANTHROPIC_API_KEY is set in `env` too: Claude Code would send that key to the gateway; remove it']
    : [];
}

/** Where `env` begins; undefined where it is not there. */
function placeOf(text: string): number | undefined {
  return readMembers(text, 0).list.find(({ name }) => name === 'env')?.valueStart;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function hasComment(text: string): boolean {
  const outside = text.replaceAll(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"/g, '""');
  return /\/[/*]|,\s*[}\]]/.test(outside);
}

/** V8 quotes the text around it, which may be a secret. */
function reasonOf(error: unknown): string {
  const place = /line \d+ column \d+/.exec(Error.isError(error) ? error.message : '')?.[0];
  return place ? `something is wrong at ${place}` : 'it ends too early, or has something in it that is no JSON';
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
