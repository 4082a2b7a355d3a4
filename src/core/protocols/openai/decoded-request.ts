import type { MessagesRequest } from '../../messages/vocabulary.js';
import type { ClientTools } from './client-tools.js';
import type { MediaPlaces } from './media-places.js';

/** A request of one of the OpenAI APIs in Messages terms, and what is needed to answer in the client's. */
export interface DecodedRequest {
  readonly request: MessagesRequest;
  /** For the way back: by which name the client knows a tool that is called. */
  readonly tools: ClientTools;
  readonly places: MediaPlaces;
}
