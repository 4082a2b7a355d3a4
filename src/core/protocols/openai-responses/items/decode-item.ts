import type { ClientTools } from '../../openai/client-tools.js';
import type { ConversationBuilder } from '../../openai/conversation-builder.js';
import type { MediaPlaces } from '../../openai/media-places.js';
import type { Item } from '../responses-request.js';

/** What the items of a request are put together to. */
export interface Conversation {
  readonly turns: ConversationBuilder;
  readonly tools: ClientTools;
  readonly places: MediaPlaces;
}

/**
 * Puts one item where it belongs in the conversation.
 * @param param the item's place in the request, such as `input[3]`
 * @throws GatewayError `invalid_request`
 */
export type DecodeItem = (item: Item, param: string, conversation: Conversation) => void;
