import type { MessagesRequest } from '../../messages/vocabulary.js';
import {
  isAbsent,
  isObject,
  type JsonObject,
  objectOf,
  oneOf,
  optionalBoolean,
  shorten,
  stringOf,
} from '../openai/check-fields.js';
import type { ClientTools } from '../openai/client-tools.js';
import { offerTools } from '../openai/decode-tools.js';
import { invalidInput } from '../openai/invalid-input.js';
import { chooseTools, type DecodedToolChoice, decodeToolChoice } from '../openai/tool-choice.js';

export interface DecodedTools {
  fields: Pick<MessagesRequest, 'tools' | 'tool_choice'>;
  /** The client offers `functions` and nothing else: it knows one call an answer, and no `tool_calls`. */
  isLegacy: boolean;
}

/**
 * The tools of a request and the choice among them; `functions` and `function_call` are their old names (openai.md §4).
 * @param tools are offered to here
 * @throws GatewayError `invalid_request`
 */
export function decodeTools(body: JsonObject, tools: ClientTools): DecodedTools {
  // The newer of two definitions counts, so it comes last.
  const functions = offerTools(asTools(body.functions), 'functions', 'flat', tools);
  const newer = offerTools(body.tools, 'tools', 'nested', tools);
  const isLegacy = functions.length > 0 && newer.length === 0;
  const choice = decodeToolChoice(body.tool_choice, 'nested') ?? decodeFunctionChoice(body.function_call, tools);
  const parallel = optionalBoolean(body.parallel_tool_calls, 'parallel_tool_calls');
  return { fields: chooseTools(choice, isLegacy ? false : parallel, tools), isLegacy };
}

/** A function of old is a tool without its type. */
function asTools(functions: unknown): unknown {
  if (!Array.isArray(functions)) return functions;
  return functions.map((each) => (isObject(each) ? { ...each, type: 'function' } : each));
}

function decodeFunctionChoice(value: unknown, tools: ClientTools): DecodedToolChoice | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string') return { type: oneOf(value, 'function_call', ['none', 'auto']) };
  const name = stringOf(objectOf(value, 'function_call').name, 'function_call.name');
  const tool = { kind: 'function', name } as const;
  if (tools.offeredAs(tool).length > 0) return { type: 'named', tool };
  throw invalidInput(
    'invalid_value',
    'function_call',
    `Invalid value for 'function_call': the function '${shorten(name)}' is not among the 'functions' of the request.`,
  );
}
