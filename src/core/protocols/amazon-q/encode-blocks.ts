import { GatewayError } from '../../errors.js';
import type { ImageInput, InputBlock, ToolResultInput } from '../../messages/vocabulary.js';
import type { Image } from './wire.js';

/** 5 MiB of base64 downstream: what the language servers use (amazon-q.md §2.7). */
const LARGEST_IMAGE_BYTES = 3.75 * 1024 * 1024;

/** What a piece of user content becomes: text of the message, or an image beside it. */
export type EncodedBlock = { text: string } | { image: Image };

/**
 * One block of a user message or of a tool result.
 * @throws GatewayError `invalid_request` for what upstream has no way to take
 */
export function encodeUserBlock(
  block: InputBlock | NonNullable<Exclude<ToolResultInput['content'], string>>[number],
): EncodedBlock[] {
  switch (block.type) {
    case 'text':
      return [{ text: block.text }];
    case 'image':
      return [{ image: encodeImage(block) }];
    case 'document':
      return encodeDocument(block);
    case 'search_result':
      return [{ text: [block.title, block.source, ...block.content.map((part) => part.text)].join('\n') }];
    case 'tool_reference':
      return [{ text: `The tool ${block.tool_name} is available now.` }];
    default:
      // Echoes of other services' work: nothing upstream could use.
      return [];
  }
}

function encodeImage(block: ImageInput): Image {
  if (block.source.type !== 'base64') {
    throw new GatewayError(
      'invalid_request',
      `image.source.type: '${block.source.type}' is not supported, send the image as base64`,
    );
  }
  const { media_type, data } = block.source;
  const bytes = Math.floor((data.length * 3) / 4);
  if (bytes > LARGEST_IMAGE_BYTES) {
    throw new GatewayError(
      'invalid_request',
      `image exceeds 5 MB maximum: ${data.length} bytes > ${5 * 1024 * 1024} bytes of base64`,
    );
  }
  return { format: media_type.replace('image/', '') as Image['format'], source: { bytes: data } };
}

function encodeDocument(block: Extract<InputBlock, { type: 'document' }>): EncodedBlock[] {
  const heading = block.title ? [{ text: block.title }] : [];
  const { source } = block;
  if (source.type === 'text') return [...heading, { text: source.data }];
  if (source.type === 'content') {
    const parts =
      typeof source.content === 'string' ? [{ type: 'text' as const, text: source.content }] : source.content;
    return [...heading, ...parts.flatMap((part) => encodeUserBlock(part))];
  }
  throw new GatewayError(
    'invalid_request',
    `document.source.type: '${source.type}' is not supported, send the document as text`,
  );
}
