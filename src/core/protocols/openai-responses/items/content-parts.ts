import type { InputBlock } from '../../../messages/vocabulary.js';
import {
  type JsonObject,
  listOf,
  missing,
  objectOf,
  optionalString,
  stringOf,
  unknownValue,
} from '../../openai/check-fields.js';
import { decodeFile, decodeImageUrl } from '../../openai/decode-media.js';
import { invalidInput } from '../../openai/invalid-input.js';
import type { MediaPlaces } from '../../openai/media-places.js';

type DecodePart = (part: JsonObject, param: string, places: MediaPlaces) => InputBlock;

const decodeText: DecodePart = ({ text }, param) => ({ type: 'text', text: stringOf(text, `${param}.text`) });

/** Parts of a message's content and of a tool's output (openai.md §6), by type. */
export const PARTS: ReadonlyMap<string, DecodePart> = new Map<string, DecodePart>([
  ['input_text', decodeText],
  ['output_text', decodeText],
  ['text', decodeText],
  ['refusal', ({ refusal }, param) => ({ type: 'text', text: stringOf(refusal, `${param}.refusal`) })],
  ['input_image', decodeImage],
  ['input_file', (part, param, places) => decodeFile(part, param, places)],
]);

/**
 * Content that is text or a list of parts.
 * @throws GatewayError `invalid_request` naming the part, as in `input[0].content[1].type`
 */
export function decodeContent(content: unknown, param: string, places: MediaPlaces): InputBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listOf(content, param).map((part, index) => decodePart(part, `${param}[${index}]`, places));
}

function decodePart(value: unknown, param: string, places: MediaPlaces): InputBlock {
  const part = objectOf(value, param);
  const type = stringOf(part.type, `${param}.type`);
  const decode = PARTS.get(type);
  if (decode) return decode(part, param, places);
  if (type === 'input_audio') {
    throw invalidInput(
      'unsupported_value',
      param,
      `Unsupported value: '${param}' is audio, which no model here takes.`,
    );
  }
  throw unknownValue(type, `${param}.type`, [...PARTS.keys()]);
}

function decodeImage(part: JsonObject, param: string, places: MediaPlaces): InputBlock {
  const url = optionalString(part.image_url, `${param}.image_url`);
  if (url !== undefined) return decodeImageUrl(url, `${param}.image_url`, places);
  if (typeof part.file_id === 'string') {
    throw invalidInput(
      'unsupported_value',
      `${param}.file_id`,
      `Unsupported value: '${param}.file_id': files are not kept here, send the image itself.`,
    );
  }
  throw missing(`${param}.image_url`);
}
