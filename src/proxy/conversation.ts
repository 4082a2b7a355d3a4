import type { Flow } from '../core/messages/flow.js';
import type { MessagesEvent, MessagesRequest } from '../core/messages/vocabulary.js';
import type { AllowedModels } from '../core/models/allowed-models.js';
import type { ApiHeaders } from '../core/protocols/anthropic-upstream/relay.js';
import type { RequestAttempts } from './request-attempts.js';

/** Told of each account that is tried: its id, how many it makes, and the id of the model it is asked for. */
export type OnAccount = (accountId: string, attempts: number, modelId: string) => void;

/** What beside the model decides on the account that is asked. */
export interface Routing {
  /** Names the conversation within the whole gateway (`conversationKey`); undefined: the request belongs to none. */
  conversation?: string;
  /** The id of the API key that asks. */
  caller?: string;
  /** The only models it may use; undefined: all. */
  allowed?: AllowedModels;
}

/** One client request on its walk to upstream, and what is learnt of it on the way. */
export interface Conversation {
  readonly request: MessagesRequest;
  /** Under which upstream knows it: the same for all its turns. */
  readonly conversationId: string;
  /** The id it has from now on, after upstream refused that one; absent: any. */
  readonly anotherId?: (refused: string) => string;
  /** `msg_…` */
  readonly messageId: string;
  readonly flow: Flow;
  readonly onAccount: OnAccount;
  /** Told of each event of an answer that is emulated, as it comes from upstream. */
  readonly onRound: (event: MessagesEvent) => void;
  readonly routing?: Routing;
  /** Of a client that speaks the Messages API itself. */
  readonly apiHeaders?: ApiHeaders;
  /** As the client asks for it, where `request` says in other words what not every upstream can do. */
  readonly original?: MessagesRequest;
  /** What was tried for it before. */
  readonly attempts?: RequestAttempts;
}
