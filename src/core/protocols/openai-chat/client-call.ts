import { encodeCallId } from '../openai/call-id.js';
import { type ClientTools, customInputOf } from '../openai/client-tools.js';

/** A call of one of the client's tools, as the client knows it. */
export interface ClientCall {
  /** `call_…` */
  id: string;
  type: 'function' | 'custom';
  name: string;
  /** JSON text of a function's arguments, `{}` at least; raw text of a custom tool. */
  input: string;
}

/**
 * @param use a tool use of a message
 * @param json its input, complete; an empty text is an invalid call to clients (openai.md §5)
 */
export function clientCall(use: { id: string; name: string }, json: string, tools: ClientTools): ClientCall {
  const id = encodeCallId(use.id);
  const { kind, name } = tools.find(use.name);
  return kind === 'custom'
    ? { id, type: 'custom', name, input: customInputOf(json) }
    : { id, type: 'function', name, input: json === '' ? '{}' : json };
}
