import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';
import {
  bodyOf,
  isAbsent,
  type JsonObject,
  nameOf,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalString,
} from '../openai/check-fields.js';
import { ClientTools } from '../openai/client-tools.js';
import { ConversationBuilder } from '../openai/conversation-builder.js';
import { decodeEffort } from '../openai/effort.js';
import { MediaPlaces } from '../openai/media-places.js';
import { decodeOutputFormat } from '../openai/output-format.js';
import type { ChatRequest } from './chat-request.js';
import { decodeMessages } from './decode-messages.js';
import { decodeStop } from './decode-stop.js';
import { decodeTools } from './decode-tools.js';
import { refuseFeatures } from './refuse-features.js';

/** As on Anthropic's paths. */
const LONGEST_MODEL_NAME = 256;

/**
 * The body of `POST /v1/chat/completions` as a Messages request (openai.md §4). What upstream can't do is emulated on that
 * request, fields that are not known are ignored.
 * @throws GatewayError `invalid_request` naming the field in the client's own terms
 */
export function decodeChatRequest(value: unknown): ChatRequest {
  const body = bodyOf(value);
  const model = nameOf(isAbsent(body.model) ? undefined : body.model, 'model', LONGEST_MODEL_NAME);
  const stream = optionalBoolean(body.stream, 'stream') ?? false;
  const options = optionalObject(body.stream_options, 'stream_options');
  const includeUsage = optionalBoolean(options?.include_usage, 'stream_options.include_usage') ?? false;
  refuseFeatures(body);
  const stop_sequences = decodeStop(body.stop);
  const tools = new ClientTools();
  const { fields, isLegacy } = decodeTools(body, tools);
  const places = new MediaPlaces();
  const turns = new ConversationBuilder();
  decodeMessages(body.messages, { turns, tools, places });
  const request: MessagesRequest = {
    model,
    max_tokens: decodeMaxTokens(body),
    stream,
    ...(stop_sequences && { stop_sequences }),
    ...decodeOutput(body),
    ...fields,
    ...turns.build(),
  };
  const cacheKey = typeof body.prompt_cache_key === 'string' ? body.prompt_cache_key : undefined;
  return { request, tools, places, stream, includeUsage, isLegacy, cacheKey };
}

/** The old name counts where the new one says nothing. */
function decodeMaxTokens(body: JsonObject): number {
  const limit = optionalInteger(body.max_completion_tokens, 'max_completion_tokens', 1);
  const oldLimit = optionalInteger(body.max_tokens, 'max_tokens', 1);
  return limit ?? oldLimit ?? NO_OUTPUT_LIMIT;
}

/** How the model is to think, and what it is to write. */
function decodeOutput(body: JsonObject): Pick<MessagesRequest, 'thinking' | 'output_config'> {
  const { thinking, output_config } = decodeEffort(optionalString(body.reasoning_effort, 'reasoning_effort'));
  const format = decodeOutputFormat(body.response_format, 'response_format', 'nested');
  return {
    ...(thinking && { thinking }),
    ...((output_config || format) && { output_config: { ...output_config, ...(format && { format }) } }),
  };
}
