import type { Responses } from 'openai/resources/responses/responses';
import type { ErrorObject } from '../openai/encode-error.js';
import type { OutputItem } from './output/output-item.js';
import type { ResponseObject } from './response-object.js';

/** Where an item stands; every event about it says so. */
export interface ItemPlace {
  readonly item_id: string;
  readonly output_index: number;
}

/** The response as a whole, at its beginning and at its end. */
export interface LifecycleEvent {
  type: 'response.created' | 'response.in_progress' | 'response.completed' | 'response.incomplete' | 'response.failed';
  response: ResponseObject;
}

export interface OutputItemEvent {
  type: 'response.output_item.added' | 'response.output_item.done';
  output_index: number;
  item: OutputItem;
  /** What is stored of a finished item where that is more than what its client wants to see; not sent. */
  kept?: OutputItem;
}

/** The error stands inside: a flat one is ignored by Codex and not raised by the Python SDK (openai.md §1.8). */
export interface FailureEvent {
  type: 'error';
  error: ErrorObject;
}

/** Pieces of one item. */
type PartEvent =
  | Responses.ResponseContentPartAddedEvent
  | Responses.ResponseContentPartDoneEvent
  | Responses.ResponseTextDeltaEvent
  | Responses.ResponseTextDoneEvent
  | Responses.ResponseRefusalDeltaEvent
  | Responses.ResponseRefusalDoneEvent
  | Responses.ResponseFunctionCallArgumentsDeltaEvent
  | Responses.ResponseFunctionCallArgumentsDoneEvent
  | Responses.ResponseCustomToolCallInputDeltaEvent
  | Responses.ResponseCustomToolCallInputDoneEvent
  | Responses.ResponseReasoningSummaryPartAddedEvent
  | Responses.ResponseReasoningSummaryPartDoneEvent
  | Responses.ResponseReasoningSummaryTextDeltaEvent
  | Responses.ResponseReasoningSummaryTextDoneEvent;

type Unnumbered<E> = E extends unknown ? Omit<E, 'sequence_number'> : never;

/** An event of a Responses stream (openai.md §7). Its `sequence_number` is given by what writes it. */
export type ResponseStreamEvent = LifecycleEvent | OutputItemEvent | FailureEvent | Unnumbered<PartEvent>;
