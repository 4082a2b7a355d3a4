import { isAbsent, type JsonObject, optionalBoolean, optionalList, optionalNumber } from '../openai/check-fields.js';
import { invalidInput } from '../openai/invalid-input.js';

/** Numbers that upstream has no place for: what is out of range is a mistake all the same (openai.md §4). */
const SAMPLING = [
  ['temperature', { min: 0, max: 2 }],
  ['top_p', { min: 0, max: 1 }],
  ['presence_penalty', { min: -2, max: 2 }],
  ['frequency_penalty', { min: -2, max: 2 }],
] as const;

/**
 * What would change the answer and can't be had is refused, not ignored (openai.md §4).
 * @throws GatewayError `invalid_request` naming the field
 */
export function refuseFeatures(body: JsonObject): void {
  for (const [field, range] of SAMPLING) optionalNumber(body[field], field, range);
  const choices = optionalNumber(body.n, 'n');
  if (choices !== undefined && choices !== 1) {
    throw invalidInput('unsupported_value', 'n', `Invalid 'n': only 1 is supported by this gateway.`);
  }
  if (optionalBoolean(body.logprobs, 'logprobs')) throw unsupported('logprobs');
  if ((optionalNumber(body.top_logprobs, 'top_logprobs') ?? 0) > 0) throw unsupported('top_logprobs');
  const modalities = optionalList(body.modalities, 'modalities') ?? [];
  if (modalities.includes('audio') || !isAbsent(body.audio)) {
    throw invalidInput(
      'unsupported_value',
      'modalities',
      "Invalid 'modalities': audio is not supported by this gateway.",
    );
  }
}

function unsupported(param: string) {
  return invalidInput(
    'unsupported_parameter',
    param,
    `Unsupported parameter: '${param}' is not supported by this gateway.`,
  );
}
