import type { ModelProtocol, RequestOutcome } from '../../platform/logging/ended-request.js';

/** Which requests are asked for: those that all of it is true of. What is undefined is not asked for. */
export interface RequestFilter {
  /** This and later, in epoch milliseconds. */
  readonly from?: number;
  /** Earlier than this, in epoch milliseconds. */
  readonly to?: number;
  /** Id of the API key. */
  readonly apiKey?: string;
  /** Id of the account that was asked last. */
  readonly account?: string;
  /** As the client or upstream names it. */
  readonly model?: string;
  readonly protocol?: ModelProtocol;
  readonly status?: number;
  readonly outcome?: RequestOutcome;
  readonly errorClass?: string;
  readonly client?: string;
  readonly requestId?: string;
  readonly stream?: boolean;
}

/** Where a page ended: what follows is older, or of the same time and before this id. */
export interface RequestPosition {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly requestId: string;
}
