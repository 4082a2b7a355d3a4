import { improperlyFormed, validationError } from '../service-error.js';
import type { ConversationState } from '../wire.js';
import { isPresent, requireObject, requireText } from './require-value.js';

const imagesPerMessage = 10;
const imagesPerRequest = 100;

// 5 MiB of base64 downstream (sheet §2.7).
const rawImageLimit = 3.75 * 1024 * 1024;

// First bytes of each format, as text; webp is told by the bytes after its length.
const startsLike = new Map<unknown, (start: string) => boolean>([
  ['png', (start) => start.startsWith('\x89PNG\r\n\x1a\n')],
  ['jpeg', (start) => start.startsWith('\xff\xd8\xff')],
  ['gif', (start) => start.startsWith('GIF87a') || start.startsWith('GIF89a')],
  ['webp', (start) => start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP'],
]);

/** The images of one user message (sheet §2.3, §2.7). */
export function checkImages(images: readonly unknown[], path: string): void {
  if (images.length > imagesPerMessage) {
    throw validationError('IMAGE_COUNT_EXCEEDED', 'Too many images.', `${path}: ${images.length}`);
  }
  for (const [index, entry] of images.entries()) {
    checkImage(requireObject(entry, `${path}[${index}]`), `${path}[${index}]`);
  }
}

/** Images of the whole request, history included. */
export function checkImageCount(conversation: ConversationState): void {
  let count = conversation.currentMessage.userInputMessage.images?.length ?? 0;
  for (const entry of conversation.history ?? []) {
    count += entry.userInputMessage?.images?.length ?? 0;
  }
  if (count > imagesPerRequest) {
    throw validationError('IMAGE_COUNT_EXCEEDED', 'Too many images.', `${count} in the whole request`);
  }
}

export function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function checkImage(image: Record<string, unknown>, path: string): void {
  const looksRight = startsLike.get(image.format);
  if (!looksRight) {
    const message = 'Unsupported image format.';
    throw validationError('IMAGE_FORMAT_UNSUPPORTED', message, `${path}.format is ${String(image.format)}`);
  }
  const source = requireObject(image.source, `${path}.source`);
  const base64 = requireText(isPresent(source.bytes) ? source.bytes : undefined, `${path}.source.bytes`, { least: 1 });
  if (!isBase64(base64)) {
    throw improperlyFormed(`${path}.source.bytes must be base64`);
  }
  if (Buffer.byteLength(base64, 'base64') > rawImageLimit) {
    throw validationError('IMAGE_SIZE_EXCEEDED', 'image exceeds 5 MB maximum', path);
  }
  if (!looksRight(Buffer.from(base64.slice(0, 24), 'base64').toString('latin1'))) {
    const message = 'The image does not match its format.';
    throw validationError('IMAGE_MIME_MISMATCH', message, `${path} is no ${String(image.format)}`);
  }
}
