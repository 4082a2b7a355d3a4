import { isJsonNestedWithin, isNestedWithin } from '../../messages/nesting.js';
import { isObject, type JsonObject } from './check-fields.js';

/** Recursion over a call's input stays far from the end of the stack: JSON text may hide any depth. */
const DEEPEST_INPUT = 100;

/**
 * The arguments of an earlier call, which clients send as JSON text, as the object that Messages has. What a model wrote
 * wrong is no reason to refuse the conversation: it goes back to the model as the text it was.
 */
export function decodeCallInput(input: JsonObject | string): JsonObject {
  if (typeof input !== 'string') return isNestedWithin(input, DEEPEST_INPUT) ? input : { arguments: textOf(input) };
  if (input.trim() === '') return {};
  const parsed = isJsonNestedWithin(input, DEEPEST_INPUT) ? parse(input) : undefined;
  return isObject(parsed) ? parsed : { arguments: input };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // So deep that writing it down ends the stack.
    return '…';
  }
}
