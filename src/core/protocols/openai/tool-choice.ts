import type { CustomTool, MessagesRequest } from '../../messages/vocabulary.js';
import {
  isAbsent,
  type JsonObject,
  listOf,
  objectOf,
  oneOf,
  optionalString,
  shorten,
  stringOf,
} from './check-fields.js';
import type { ClientTools, ToolReference } from './client-tools.js';
import { invalidInput } from './invalid-input.js';
import type { WireForm } from './wire-form.js';

/** Whether, and which of its tools, a model is to call. */
export type DecodedToolChoice =
  | { type: 'none' | 'auto' | 'required' }
  | { type: 'named'; tool: ToolReference }
  | { type: 'allowed'; mode: 'auto' | 'required'; tools: readonly ToolReference[] };

type ToolFields = Pick<MessagesRequest, 'tools' | 'tool_choice'>;

const PARAM = 'tool_choice';
const MODES = ['none', 'auto', 'required'] as const;
const SEARCH = 'tool_search';

/**
 * `tool_choice` of a request; undefined where it has none. That a tool exists is checked later.
 * @throws GatewayError `invalid_request`
 */
export function decodeToolChoice(value: unknown, form: WireForm): DecodedToolChoice | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string') return { type: oneOf(value, PARAM, MODES) };
  const choice = objectOf(value, PARAM);
  if (choice.type === 'allowed_tools') return decodeAllowed(choice, form);
  const tool = decodeReference(choice, PARAM, form);
  if (tool) return { type: 'named', tool };
  throw invalidInput(
    'unsupported_value',
    PARAM,
    `Invalid value for '${PARAM}': the tool type '${shorten(String(choice.type))}' is not supported by this gateway.`,
  );
}

/**
 * The tools that are offered and the choice among them, as Messages has them.
 * @param parallel `parallel_tool_calls`; false: at most one call in the answer
 * @throws GatewayError `invalid_request` for a tool that is not there
 */
export function chooseTools(
  choice: DecodedToolChoice | undefined,
  parallel: boolean | undefined,
  tools: ClientTools,
): ToolFields {
  const all = tools.definitions;
  const single = parallel === false ? { disable_parallel_tool_use: true } : {};
  switch (choice?.type) {
    case 'none':
      return all.length > 0 ? { tools: all, tool_choice: { type: 'none' } } : {};
    case 'required':
      if (all.length === 0) throw nothingToChoose();
      return { tools: all, tool_choice: { type: 'any', ...single } };
    case 'named': {
      if (all.length === 0) throw nothingToChoose();
      const names = namesOf([choice.tool], tools);
      const [name] = names;
      if (names.size > 1 || name === undefined) return onlyThese(names, { type: 'any', ...single }, all);
      return { tools: all, tool_choice: { type: 'tool', name, ...single } };
    }
    case 'allowed': {
      const names = namesOf(choice.tools, tools);
      if (names.size > 0) {
        return onlyThese(names, { type: choice.mode === 'required' ? 'any' : 'auto', ...single }, all);
      }
      if (choice.mode === 'required') throw nothingToChoose();
      return all.length > 0 ? { tools: all, tool_choice: { type: 'none' } } : {};
    }
    case 'auto':
    case undefined:
      if (all.length === 0) return {};
      return parallel === false ? { tools: all, tool_choice: { type: 'auto', ...single } } : { tools: all };
  }
}

function decodeAllowed(choice: JsonObject, form: WireForm): DecodedToolChoice {
  const [fields, at] =
    form === 'nested'
      ? [objectOf(choice.allowed_tools, `${PARAM}.allowed_tools`), `${PARAM}.allowed_tools`]
      : [choice, PARAM];
  const mode = oneOf(fields.mode, `${at}.mode`, ['auto', 'required']);
  const tools = listOf(fields.tools, `${at}.tools`).flatMap((tool, index) => {
    const param = `${at}.tools[${index}]`;
    // Tools of the original's own servers are not offered, so they are not among those allowed either.
    return decodeReference(objectOf(tool, param), param, form) ?? [];
  });
  return { type: 'allowed', mode, tools };
}

/** Undefined for a tool that only the original's servers have. */
function decodeReference(fields: JsonObject, param: string, form: WireForm): ToolReference | undefined {
  const kind = stringOf(fields.type, `${param}.type`);
  switch (kind) {
    case 'function':
    case 'custom': {
      const [named, at] =
        form === 'nested' ? [objectOf(fields[kind], `${param}.${kind}`), `${param}.${kind}`] : [fields, param];
      const namespace = optionalString(named.namespace, `${at}.namespace`);
      return { kind, name: stringOf(named.name, `${at}.name`), ...(namespace !== undefined && { namespace }) };
    }
    case 'namespace':
      return { kind, name: stringOf(fields.name, `${param}.name`) };
    case SEARCH:
      return { kind, name: SEARCH };
    default:
      return undefined;
  }
}

/** @throws GatewayError `invalid_request` for a reference to nothing that is offered */
function namesOf(references: readonly ToolReference[], tools: ClientTools): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const reference of references) {
    // A thousand times the same thousand tools would be a million steps.
    const key = JSON.stringify(reference);
    if (seen.has(key)) continue;
    seen.add(key);
    const found = tools.offeredAs(reference);
    if (found.length === 0) throw notOffered(reference);
    for (const name of found) names.add(name);
  }
  return names;
}

function onlyThese(
  names: ReadonlySet<string>,
  choice: MessagesRequest['tool_choice'],
  all: readonly CustomTool[],
): ToolFields {
  return { tools: all.filter(({ name }) => names.has(name)), tool_choice: choice };
}

function notOffered({ name }: ToolReference) {
  return invalidInput(
    'invalid_value',
    PARAM,
    `Invalid value for '${PARAM}': the tool '${shorten(name)}' is not among the 'tools' of the request.`,
  );
}

function nothingToChoose() {
  return invalidInput(
    'invalid_value',
    PARAM,
    `Invalid value for '${PARAM}': it may only demand a call when 'tools' are specified.`,
  );
}
