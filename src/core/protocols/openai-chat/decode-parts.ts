import type { InputBlock } from '../../messages/vocabulary.js';
import { type JsonObject, listOf, objectOf, stringOf, unknownValue } from '../openai/check-fields.js';
import { decodeFile, decodeImageUrl } from '../openai/decode-media.js';
import { invalidInput } from '../openai/invalid-input.js';
import type { MediaPlaces } from '../openai/media-places.js';

type TextInput = Extract<InputBlock, { type: 'text' }>;
/** What a user may say, and what a result may hold. */
type UserBlock = Extract<InputBlock, { type: 'text' | 'image' | 'document' }>;

type DecodePart<B> = (part: JsonObject, param: string, places: MediaPlaces) => B;

/** Parts that may stand in one kind of message, by type (openai.md §4). */
export type Parts<B> = ReadonlyMap<string, DecodePart<B>>;

const text: DecodePart<TextInput> = (part, param) => ({ type: 'text', text: stringOf(part.text, `${param}.text`) });

/** Instructions. */
export const TEXT_PARTS: Parts<TextInput> = new Map([['text', text]]);

/** Of users, and of tools: what a tool saw is no less than what it wrote. */
export const USER_PARTS: Parts<UserBlock> = new Map<string, DecodePart<UserBlock>>([
  ['text', text],
  ['image_url', decodeImage],
  ['file', decodeFilePart],
  ['input_audio', refuseAudio],
]);

export const ASSISTANT_PARTS: Parts<TextInput> = new Map([
  ['text', text],
  ['refusal', (part, param) => ({ type: 'text', text: stringOf(part.refusal, `${param}.refusal`) })],
]);

/**
 * Content that is text or a list of parts.
 * @param param such as `messages[2].content`
 * @throws GatewayError `invalid_request` naming the part: one that is not known is never dropped in silence (§16)
 */
export function decodeContent<B>(content: unknown, param: string, parts: Parts<B>, places: MediaPlaces): string | B[] {
  if (typeof content === 'string') return content;
  // Whoever sends neither is told of the simpler form.
  if (!Array.isArray(content)) stringOf(content, param);
  return listOf(content, param).map((part, index) => decodePart(part, `${param}[${index}]`, parts, places));
}

function decodePart<B>(value: unknown, param: string, parts: Parts<B>, places: MediaPlaces): B {
  const part = objectOf(value, param);
  const type = stringOf(part.type, `${param}.type`);
  const decode = parts.get(type);
  if (!decode) throw unknownValue(type, `${param}.type`, [...parts.keys()]);
  return decode(part, param, places);
}

function decodeImage(part: JsonObject, param: string, places: MediaPlaces): UserBlock {
  const image = objectOf(part.image_url, `${param}.image_url`);
  return decodeImageUrl(stringOf(image.url, `${param}.image_url.url`), param, places);
}

function decodeFilePart(part: JsonObject, param: string, places: MediaPlaces): UserBlock {
  const at = `${param}.file`;
  return decodeFile(objectOf(part.file, at), param, places, at);
}

function refuseAudio(_part: JsonObject, param: string): never {
  throw invalidInput('unsupported_value', param, `Invalid '${param}': audio is not supported by this gateway.`);
}
