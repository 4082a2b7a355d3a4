import {
  isAbsent,
  isObject,
  type JsonObject,
  listOf,
  nameOf,
  objectOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  stringOf,
} from './check-fields.js';
import type { ClientTools } from './client-tools.js';
import { invalidInput } from './invalid-input.js';
import type { ToolDefinition } from './tool-definition.js';
import type { WireForm } from './wire-form.js';

/** Generous: whatever is longer inside than upstream takes is shortened. */
const LONGEST_NAME = 256;

/**
 * Offers a list of tools (openai.md §4, §6), namespaces flattened. Tools that only the original's own servers can run
 * are left out: Codex always sends one.
 * @param value the list; absent: none
 * @returns the definitions that were offered
 * @throws GatewayError `invalid_request` naming the tool, or the list where there are too many
 */
export function offerTools(value: unknown, param: string, form: WireForm, tools: ClientTools): ToolDefinition[] {
  if (isAbsent(value)) return [];
  const offered: ToolDefinition[] = [];
  for (const [index, item] of listOf(value, param).entries()) {
    const at = `${param}[${index}]`;
    const tool = objectOf(item, at);
    if (form === 'nested') refuseWithoutForm(tool, at);
    for (const definition of tool.type === 'namespace'
      ? decodeNamespace(tool, at, tools)
      : decodeTool(tool, at, form)) {
      tools.offer(definition, param);
      offered.push(definition);
    }
  }
  return offered;
}

/**
 * These are the client's to run, and Chat has no form of call that would lead back to them: left out in silence they
 * would only seem to be offered.
 */
function refuseWithoutForm({ type, execution }: JsonObject, param: string): void {
  if (type !== 'namespace' && (type !== 'tool_search' || execution !== 'client')) return;
  throw invalidInput(
    'unsupported_value',
    `${param}.type`,
    `Invalid value for '${param}.type': an answer of Chat Completions can't call a '${type}', one of the Responses API can.`,
  );
}

/** One thing for the client, many tools for the model. */
function decodeNamespace(fields: JsonObject, param: string, tools: ClientTools): ToolDefinition[] {
  const namespace = nameOf(fields.name, `${param}.name`, LONGEST_NAME);
  tools.describe(namespace, optionalString(fields.description, `${param}.description`));
  return listOf(fields.tools, `${param}.tools`).flatMap((item, index) => {
    const at = `${param}.tools[${index}]`;
    return decodeTool(objectOf(item, at), at, 'flat').map((definition) => ({ ...definition, namespace }));
  });
}

/** None for a tool that is not the client's to run. */
function decodeTool(tool: JsonObject, param: string, form: WireForm): ToolDefinition[] {
  const type = stringOf(tool.type, `${param}.type`);
  switch (type) {
    case 'function':
    case 'custom': {
      if (form === 'flat') return [decodeNamed(type, tool, param)];
      const at = `${param}.${type}`;
      return [decodeNamed(type, objectOf(tool[type], at), at)];
    }
    case 'tool_search':
      // Any other search is made by the original's servers; here every tool is shown to the model at once.
      return tool.execution === 'client' ? [{ ...decodeFunction(tool, param), kind: type, name: type }] : [];
    default:
      return [];
  }
}

function decodeNamed(kind: 'function' | 'custom', fields: JsonObject, param: string): ToolDefinition {
  const name = nameOf(fields.name, `${param}.name`, LONGEST_NAME);
  return { kind, name, ...(kind === 'function' ? decodeFunction(fields, param) : decodeCustom(fields, param)) };
}

type Details = Omit<ToolDefinition, 'kind' | 'name'>;

function decodeFunction(fields: JsonObject, param: string): Details {
  const description = optionalString(fields.description, `${param}.description`);
  const parameters = optionalObject(fields.parameters, `${param}.parameters`);
  const strict = optionalBoolean(fields.strict, `${param}.strict`);
  return { ...(description && { description }), ...(parameters && { parameters }), ...(strict && { strict }) };
}

function decodeCustom(fields: JsonObject, param: string): Details {
  const description = optionalString(fields.description, `${param}.description`);
  const grammar = decodeGrammar(optionalObject(fields.format, `${param}.format`), `${param}.format`);
  return { ...(description && { description }), ...(grammar && { grammar }) };
}

/** Chat has the grammar in a field of its own. Nothing enforces it: the model is told. */
function decodeGrammar(format: JsonObject | undefined, param: string): ToolDefinition['grammar'] {
  if (format?.type !== 'grammar') return undefined;
  const [fields, at] = isObject(format.grammar) ? [format.grammar, `${param}.grammar`] : [format, param];
  return {
    syntax: stringOf(fields.syntax, `${at}.syntax`),
    definition: stringOf(fields.definition, `${at}.definition`),
  };
}
