import type { Response, ResponseTextConfig } from 'openai/resources/responses/responses';
import type { JsonObject } from '../openai/check-fields.js';
import type { DecodedRequest } from '../openai/decoded-request.js';

export type { JsonObject } from '../openai/check-fields.js';

/** An item of `input`, or one out of the store. */
export type Item = JsonObject;

/** The body of `POST /v1/responses` whose own fields have their shapes; items and tools are looked at in decoding. */
export interface WireResponsesRequest {
  readonly model: string;
  /** As the client sent them, references among them; text alone is one user message. */
  readonly input: readonly Item[];
  /** Ids that `item_reference` items name, each once. */
  readonly referencedIds: readonly string[];
  readonly previousResponseId: string | undefined;
  /** Whether the client wants the response kept: true where it does not say. */
  readonly store: boolean;
  readonly stream: boolean;
  /** Whether a summary of the conversation is asked for instead of an answer (§11). */
  readonly isCompaction: boolean;
  /** The whole body. */
  readonly fields: JsonObject;
}

/** What the store knows of a request's past (§10). */
export interface FoundItems {
  /** Input and output items of the chain that `previous_response_id` ends, oldest first. */
  readonly previous: readonly Item[];
  /** By id; what is not there any more is absent. */
  readonly items: ReadonlyMap<string, Item>;
}

/** What the response object repeats of its request (§7), null where the client said nothing. */
export type EchoedSettings = Required<
  Pick<
    Response,
    | 'background'
    | 'instructions'
    | 'max_output_tokens'
    | 'max_tool_calls'
    | 'metadata'
    | 'model'
    | 'parallel_tool_calls'
    | 'previous_response_id'
    | 'prompt_cache_key'
    | 'reasoning'
    | 'service_tier'
    | 'temperature'
    | 'tool_choice'
    | 'tools'
    | 'top_logprobs'
    | 'top_p'
    | 'truncation'
  >
> & {
  text: Required<Pick<ResponseTextConfig, 'format' | 'verbosity'>>;
  safety_identifier: string | null;
  store: boolean;
  user: string | null;
};

/** A request of the Responses API, in the terms of the inside, with what its answer has to know. */
export interface ResponsesRequest extends DecodedRequest {
  readonly settings: EchoedSettings;
  readonly store: boolean;
  readonly stream: boolean;
  readonly previousResponseId: string | undefined;
  /** `prompt_cache_key`: the client's own name of the conversation. */
  readonly cacheKey: string | undefined;
  /** Whether reasoning items carry `encrypted_content` (`include`). */
  readonly includesEncryptedReasoning: boolean;
  /** Whether reasoning items carry a summary. */
  readonly showsSummary: boolean;
  /** The answer is one item `compaction`, made of the text that comes. */
  readonly isCompaction: boolean;
  /** What becomes of a conversation that is too long: its oldest turns are left out, or it is refused. */
  readonly truncation: 'auto' | 'disabled';
  /**
   * The request's own items for the store, in place of a reference what it names: an id among them may be stored
   * already. Not those of `previous_response_id`.
   */
  readonly newItems: readonly Item[];
}
