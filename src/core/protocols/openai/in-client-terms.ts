import { GatewayError } from '../../errors.js';
import { findMedia, type Media } from '../../messages/content/find-media.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';
import type { OpenaiCode } from './codes.js';
import type { MediaPlaces } from './media-places.js';

/** The field with the conversation: tells the two APIs apart. */
export type InputParam = 'messages' | 'input';

/** The client's names of fields that have another one inside, by the first step of the path. */
const FIELDS: Record<InputParam, ReadonlyMap<string, string>> = {
  messages: new Map([
    ['model', 'model'],
    ['tools', 'tools'],
    ['tool_choice', 'tool_choice'],
    ['stop_sequences', 'stop'],
    ['max_tokens', 'max_completion_tokens'],
    ['output_config', 'response_format'],
    ['thinking', 'reasoning_effort'],
  ]),
  input: new Map([
    ['model', 'model'],
    ['tools', 'tools'],
    ['tool_choice', 'tool_choice'],
    ['max_tokens', 'max_output_tokens'],
    ['output_config', 'text.format'],
    ['thinking', 'reasoning'],
  ]),
};

/**
 * An error from deeper rooms, which speak of the Messages request, as the client that sent something else understands
 * it: with its own `param`, without the path in the message. Errors without a path say the same to everybody.
 * @param request what was passed down
 * @param inputParam the field that stands for all that has no counterpart
 */
export function inClientTerms(
  error: GatewayError,
  request: Pick<MessagesRequest, 'messages'>,
  places: MediaPlaces,
  inputParam: InputParam,
): GatewayError {
  const { path } = error;
  if (error.kind === 'context_length') return renamed(error, inputParam, error.code);
  if (path === undefined || path === '') return error;
  const media = path.startsWith('messages.') ? mediaAt(path, request) : undefined;
  if (media) return renamed(error, places.paramOf(media.block) ?? inputParam, codeOf(media) ?? error.code);
  const [first = ''] = path.split('.', 1);
  return renamed(error, FIELDS[inputParam].get(first) ?? inputParam, error.code);
}

function mediaAt(path: string, { messages }: Pick<MessagesRequest, 'messages'>): Media | undefined {
  return findMedia(messages).find((media) => path === media.path || path.startsWith(`${media.path}.`));
}

/** Whatever is wrong with what a URL points to (openai.md §4); there is no code of its own for files. */
function codeOf({ block }: Media): OpenaiCode | undefined {
  return block.type === 'image' && block.source.type === 'url' ? 'invalid_image_url' : undefined;
}

function renamed(error: GatewayError, param: string, code: string | undefined): GatewayError {
  const { kind, message, path } = error;
  const prefix = `${path}: `;
  // The model's name follows its path in the words of every room.
  const words = kind === 'invalid_request' && message.startsWith(prefix) ? message.slice(prefix.length) : message;
  if (path === param && code === error.code && words === message) return error;
  return new GatewayError(kind, words, { ...error, path: param, code, cause: error });
}
