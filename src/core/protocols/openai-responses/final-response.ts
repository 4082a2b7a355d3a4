import type { ResponseObject } from './response-object.js';
import type { ResponseStreamEvent } from './response-stream-event.js';

/** Keeps of a stream the response it ends with: the JSON answer and the stream are the same by construction. */
export class FinalResponse {
  /** undefined until the stream is over. */
  response: ResponseObject | undefined;

  push(event: ResponseStreamEvent): void {
    if (event.type === 'response.completed' || event.type === 'response.incomplete') this.response = event.response;
  }
}
