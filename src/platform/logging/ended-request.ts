import type { ClientProtocol } from '../../core/protocols/protocol-of-path.js';
import type { RequestFacts } from './request-context.js';

/** How a client's request ended: exactly one of these (contract §3). */
export type RequestOutcome = 'success' | 'error' | 'cancelled';

/** A client's request when its response is over, whatever became of it. */
export interface EndedRequest {
  requestId: string;
  protocol: ClientProtocol;
  method: string;
  /** Without its query. */
  path: string;
  userAgent: string | undefined;
  /** Of the answer's head. */
  status: number;
  outcome: RequestOutcome;
  durationMs: number;
  /** Epoch milliseconds. */
  endedAt: number;
  facts: Readonly<RequestFacts>;
}
