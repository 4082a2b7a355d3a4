import type { AllowedModels } from '../../core/models/allowed-models.js';
import type { Provider } from '../account.js';

/** What an account is wanted for. */
export interface LeaseRequest {
  /** The model as the client named it. */
  model: string;
  /** Ids of accounts that this request has left. */
  excluded: ReadonlySet<string>;
  /** The only kind of account that will do; undefined: any. */
  provider?: Provider;
  /** The conversation it belongs to (`Conversation.key`); undefined: none. */
  conversation?: string;
  /** Whose it is, the id of an API key: waits are fair between them. */
  caller?: string;
  /** The only models that whoever asks may use; undefined: all. */
  allowed?: AllowedModels;
  /** The account that was named in advance (`Pool.preview`): taken where it still can be. */
  preferred?: string;
  /** It is no turn of the account's, as one that only counts tokens: weights are about answers. Nor does it wait. */
  isAside?: boolean;
  /** Aborted when nobody waits for the lease any more. */
  signal?: AbortSignal;
}
