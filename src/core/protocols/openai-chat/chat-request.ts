import type { DecodedRequest } from '../openai/decoded-request.js';

/** `POST /v1/chat/completions` in the terms of the inside, and how its client wants the answer told. */
export interface ChatRequest extends DecodedRequest {
  stream: boolean;
  /** A chunk with the usage before the end of the stream; without it a stream says nothing of it. */
  includeUsage: boolean;
  /** The client offers `functions` and knows nothing of `tool_calls`: it is answered with one `function_call`. */
  isLegacy: boolean;
  /** `prompt_cache_key` */
  cacheKey: string | undefined;
}

/** What of a request its answer depends on. */
export type AnswerForm = Pick<ChatRequest, 'tools' | 'includeUsage' | 'isLegacy'>;
