import { isAbsent, listOf, stringOf } from '../openai/check-fields.js';
import { invalidInput } from '../openai/invalid-input.js';

/** The API's own limit (openai.md §4). */
const MOST_SEQUENCES = 4;

/**
 * `stop`, one text or several; undefined where there is none.
 * @throws GatewayError `invalid_request` naming the sequence
 */
export function decodeStop(value: unknown): string[] | undefined {
  if (isAbsent(value)) return undefined;
  if (!Array.isArray(value)) return [sequenceOf(value, 'stop')];
  const sequences = listOf(value, 'stop');
  if (sequences.length > MOST_SEQUENCES) {
    throw invalidInput(
      'invalid_value',
      'stop',
      `Invalid 'stop': array too long. Expected at most ${MOST_SEQUENCES} items, but got ${sequences.length}.`,
    );
  }
  return sequences.length === 0
    ? undefined
    : sequences.map((sequence, index) => sequenceOf(sequence, `stop[${index}]`));
}

function sequenceOf(value: unknown, param: string): string {
  const sequence = stringOf(value, param);
  if (sequence !== '') return sequence;
  throw invalidInput('invalid_value', param, `Invalid '${param}': empty string. Expected at least 1 character.`);
}
