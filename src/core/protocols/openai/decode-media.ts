import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../../messages/content/decode-base64.js';
import type { DocumentInput, MediaBlock } from '../../messages/content/find-media.js';
import { readImage } from '../../messages/content/read-image.js';
import type { ImageInput } from '../../messages/vocabulary.js';
import { isAbsent, missing, optionalString, shorten, stringOf } from './check-fields.js';
import { type DataUrl, parseDataUrl } from './data-url.js';
import { isTextType, typeOfFilename } from './file-types.js';
import { invalidInput } from './invalid-input.js';
import type { MediaPlaces } from './media-places.js';

/** `image/jpg` is no type, but often said. */
const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/jpg', 'image/gif', 'image/webp']);
const PDF = 'application/pdf';
const PDF_TYPES: ReadonlySet<string> = new Set([PDF, 'application/x-pdf']);
/** What says nothing of a file. */
const ANY_TYPE: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
const BYTE_ORDER_MARK = /^\ufeff/;
const EMPTY_FILE = '(the file is empty)';

/** The fields of a file part, of either API. */
export interface FileFields {
  filename?: unknown;
  file_data?: unknown;
  file_url?: unknown;
  file_id?: unknown;
}

/**
 * An image of a data URL, or one to be fetched. What it is its own bytes say; its size is checked where the whole request
 * is known.
 * @param param the client's field, such as `messages[2].content[1]`
 * @throws GatewayError `invalid_request` with the codes of openai.md §4
 */
export function decodeImageUrl(url: unknown, param: string, places: MediaPlaces): ImageInput {
  const text = stringOf(url, param);
  const data = parseDataUrl(text);
  const block: ImageInput = data
    ? { type: 'image', source: decodeImageData(data, param) }
    : { type: 'image', source: { type: 'url', url: webUrlOf(text, param, 'image') } };
  places.note(block, param);
  return block;
}

/**
 * A file that comes with the request, or a PDF to be fetched: text becomes a document of text, a PDF one of its bytes.
 * @param param the client's field, such as `messages[2].content[1]`
 * @param at where the fields stand, when that is further in
 * @throws GatewayError `invalid_request`
 */
export function decodeFile(fields: FileFields, param: string, places: MediaPlaces, at = param): MediaBlock {
  const block = readFile(fields, param, at);
  places.note(block, param);
  return block;
}

function readFile(fields: FileFields, param: string, at: string): MediaBlock {
  const filename = optionalString(fields.filename, `${at}.filename`);
  const data = optionalString(fields.file_data, `${at}.file_data`);
  if (data !== undefined) {
    // Bare base64 is read as well: the filename then has to tell what it is.
    return decodeFileData(parseDataUrl(data) ?? { mediaType: '', isBase64: true, data }, filename, param);
  }
  const url = optionalString(fields.file_url, `${at}.file_url`);
  if (url !== undefined) {
    const file = parseDataUrl(url);
    return file
      ? decodeFileData(file, filename, param)
      : asDocument({ type: 'url', url: webUrlOf(url, param, 'file') }, filename);
  }
  if (isAbsent(fields.file_id)) throw missing(`${at}.file_data`);
  throw invalidInput(
    'unsupported_value',
    param,
    `Invalid '${param}': files by id are not supported by this gateway, send the file itself as 'file_data'.`,
  );
}

function decodeImageData({ mediaType, isBase64, data }: DataUrl, param: string): ImageInput['source'] {
  if (!IMAGE_TYPES.has(mediaType)) {
    throw invalidInput(
      'invalid_image_format',
      param,
      `Invalid image: the type '${shorten(mediaType)}' is not supported. Supported are png, jpeg, gif and webp.`,
    );
  }
  const text = withoutBreaks(data);
  const bytes = isBase64 && text !== '' ? decodeBase64(text) : undefined;
  if (!bytes) {
    throw invalidInput('invalid_base64_image', param, `Invalid '${param}': the data of the image is not valid base64.`);
  }
  const facts = readImage(bytes);
  if (!facts) {
    throw invalidInput(
      'invalid_image_format',
      param,
      `Invalid '${param}': the data is no readable image of type png, jpeg, gif or webp.`,
    );
  }
  return { type: 'base64', media_type: facts.mediaType, data: text };
}

function decodeFileData(file: DataUrl, filename: string | undefined, param: string): MediaBlock {
  const said = ANY_TYPE.has(file.mediaType) ? undefined : file.mediaType;
  const mediaType = said ?? typeOfFilename(filename ?? '');
  if (mediaType === undefined) {
    throw invalidInput(
      'unsupported_value',
      param,
      `Invalid '${param}': neither a data URL nor the filename says what type the file has.`,
    );
  }
  if (IMAGE_TYPES.has(mediaType)) {
    return { type: 'image', source: decodeImageData({ ...file, mediaType }, param) };
  }
  if (PDF_TYPES.has(mediaType)) {
    return asDocument({ type: 'base64', media_type: PDF, data: base64Of(file, param) }, filename);
  }
  if (isTextType(mediaType)) {
    return asDocument({ type: 'text', media_type: 'text/plain', data: textOf(file, param) || EMPTY_FILE }, filename);
  }
  throw invalidInput(
    'unsupported_value',
    param,
    `Invalid '${param}': files of type '${shorten(mediaType)}' are not supported by this gateway. Supported are PDF, text and images.`,
  );
}

function asDocument(source: DocumentInput['source'], filename: string | undefined): DocumentInput {
  return { type: 'document', source, ...(filename && { title: filename }) };
}

function base64Of({ isBase64, data }: DataUrl, param: string): string {
  const text = withoutBreaks(data);
  if (isBase64 && text !== '' && decodeBase64(text)) return text;
  throw invalidInput('invalid_value', param, `Invalid '${param}': the data of the file is not valid base64.`);
}

function textOf(file: DataUrl, param: string): string {
  if (file.data === '') return '';
  const text = file.isBase64 ? utf8Of(Buffer.from(base64Of(file, param), 'base64')) : unescaped(file.data);
  if (text !== undefined) return text;
  throw invalidInput('unsupported_value', param, `Invalid '${param}': the text of the file is not UTF-8.`);
}

function utf8Of(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString().replace(BYTE_ORDER_MARK, '') : undefined;
}

function unescaped(data: string): string | undefined {
  try {
    return decodeURIComponent(data);
  } catch {
    return undefined;
  }
}

/** Some encoders break lines. */
function withoutBreaks(data: string): string {
  return data.includes('\n') ? data.replace(/[\r\n]/g, '') : data;
}

function webUrlOf(url: string, param: string, kind: 'image' | 'file'): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw invalidInput(
    kind === 'image' ? 'invalid_image_url' : 'invalid_value',
    param,
    `Invalid '${param}': expected a data URL or a URL that begins with https://.`,
  );
}
