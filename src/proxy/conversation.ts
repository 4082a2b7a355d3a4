import type { Flow } from '../core/messages/flow.js';
import type { MessagesRequest } from '../core/messages/vocabulary.js';

/** One client request on its walk to upstream, and what is learnt of it on the way. */
export interface Conversation {
  readonly request: MessagesRequest;
  /** Same for all turns of a conversation where the client lets us tell. */
  readonly conversationId: string;
  /** `msg_…` */
  readonly messageId: string;
  readonly flow: Flow;
  /** Called for each account that is tried: its id, how many it makes, and the id of the model it is asked for. */
  onAccount(accountId: string, attempts: number, modelId: string): void;
}
