import { UniqueNames } from '../../messages/unique-names.js';
import type { CustomTool } from '../../messages/vocabulary.js';
import { isObject } from './check-fields.js';
import { invalidInput } from './invalid-input.js';
import { type ClientTool, CUSTOM_INPUT, encodeDefinition, type ToolDefinition } from './tool-definition.js';

export type { ClientTool } from './tool-definition.js';

/** A tool as a choice refers to it, or all of a namespace. */
export type ToolReference = ClientTool | { kind: 'namespace'; name: string };

/** What upstream takes (openai.md §6); only Messages itself would take longer ones. */
const LONGEST_NAME = 64;
const MISFITS = /[^a-zA-Z0-9_-]/g;
const SEARCH = 'tool_search';
/** As many as Anthropic's paths take; each is listed upstream, those that only earlier calls name too (openai.md §15). */
const MOST_TOOLS = 10_000;

/**
 * The tools of one request, each under one name that the model knows: namespaces are flattened, odd characters
 * replaced, and what would then be equal is numbered. The way back gives the client its own words.
 */
export class ClientTools {
  private readonly unique = new UniqueNames(LONGEST_NAME);
  /** By the client's own name. */
  private readonly names = new Map<string, string>();
  /** By the name inside. */
  private readonly tools = new Map<string, ClientTool>();
  private readonly offered = new Map<string, CustomTool>();
  /** Names inside by the name alone, and by the namespace. */
  private readonly byName = new Map<string, Set<string>>();
  private readonly byNamespace = new Map<string, Set<string>>();
  private readonly noteOf = new Map<string, string>();

  /**
   * Offers a tool to the model. Of two definitions of one tool the last one counts.
   * @param param where the client has it
   * @throws GatewayError `invalid_request` when there are too many
   */
  offer(definition: ToolDefinition, param?: string): void {
    const name = this.nameOf(definition, param);
    const { kind, name: own, namespace } = definition;
    this.tools.set(name, { kind, name: own, ...(namespace !== undefined && { namespace }) });
    this.offered.set(name, encodeDefinition(definition, name));
    if (kind !== SEARCH) add(this.byName, own, name);
    if (namespace !== undefined) add(this.byNamespace, namespace, name);
  }

  /** What a namespace as a whole is for. */
  describe(namespace: string, description: string | undefined): void {
    if (!description) return;
    this.noteOf.set(namespace, `The tools whose names begin with \`${clean(namespace)}__\`: ${description}`);
  }

  /**
   * The name inside, also of a tool that only earlier calls name.
   * @param param where the client names it
   * @throws GatewayError `invalid_request` when there are too many
   */
  nameOf(tool: ClientTool, param = 'tools'): string {
    const key = keyOf(tool);
    const known = this.names.get(key);
    if (known !== undefined) return known;
    if (this.names.size >= MOST_TOOLS) throw tooMany(param);
    const { kind, name: own, namespace } = tool;
    const name = this.unique.take(clean(namespace === undefined ? own : `${namespace}__${own}`) || 'tool');
    this.names.set(key, name);
    this.tools.set(name, { kind, name: own, ...(namespace !== undefined && { namespace }) });
    return name;
  }

  /** The client's tool of a name inside; a name that nobody gave is a function's. */
  find(messagesName: string): ClientTool {
    return this.tools.get(messagesName) ?? { kind: 'function', name: messagesName };
  }

  /**
   * Names inside of the offered tools that a client refers to: those of a namespace, or the one tool; without a namespace
   * that is the one that has none, else all of that name.
   */
  offeredAs(tool: ToolReference): string[] {
    if (tool.kind === 'namespace') return [...(this.byNamespace.get(tool.name) ?? [])];
    const own = this.names.get(keyOf(tool));
    if (own !== undefined && this.offered.has(own)) return [own];
    if (tool.namespace !== undefined || tool.kind === SEARCH) return [];
    return [...(this.byName.get(tool.name) ?? [])];
  }

  /** What the model is offered, in the order of the client. */
  get definitions(): CustomTool[] {
    return [...this.offered.values()];
  }

  /** What the model is to know of namespaces, each once: for the system prompt. */
  get notes(): string[] {
    return [...this.noteOf.values()];
  }
}

/**
 * The text of a custom tool's call.
 * @param json its input as the model wrote it; where that is no object with the one text, it is handed on as it is
 */
export function customInputOf(json: string): string {
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    return json;
  }
  if (typeof input === 'string') return input;
  if (!isObject(input)) return json;
  const text = Object.hasOwn(input, CUSTOM_INPUT) ? input[CUSTOM_INPUT] : soleValue(input);
  return typeof text === 'string' ? text : json;
}

/** A model that misses the field's name still means its text. */
function soleValue(input: object): unknown {
  const values: unknown[] = Object.values(input);
  return values.length === 1 ? values[0] : undefined;
}

function tooMany(param: string) {
  return invalidInput('invalid_value', param, `Invalid '${param}': more than ${MOST_TOOLS} different tools.`);
}

function add(names: Map<string, Set<string>>, key: string, name: string): void {
  const known = names.get(key);
  if (known) known.add(name);
  else names.set(key, new Set([name]));
}

function clean(name: string): string {
  return name.replace(MISFITS, '_');
}

/** A search has no name of its own: a function may be called like it. */
function keyOf({ kind, name, namespace }: ClientTool): string {
  return JSON.stringify([kind === SEARCH, namespace ?? null, name]);
}
