import { asksAModel } from '../../core/protocols/asks-a-model.js';
import type { ClientProtocol } from '../../core/protocols/protocol-of-path.js';
import type { RequestFacts } from './request-context.js';

export const REQUEST_OUTCOMES = ['success', 'error', 'cancelled'] as const;
/** How a client's request ended: exactly one of these (contract §3). */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

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

export const MODEL_PROTOCOLS = ['anthropic', 'openai_chat', 'openai_responses'] as const satisfies ClientProtocol[];
/** Protocols whose requests are answered by a model. */
export type ModelProtocol = (typeof MODEL_PROTOCOLS)[number];

/** A request of a key that was let in, or refused for what it may not, for an answer of a model. */
export interface ModelRequest extends EndedRequest {
  protocol: ModelProtocol;
  facts: Readonly<RequestFacts> & { readonly apiKey: string };
}

const UNAUTHENTICATED = 401;

/** What is counted as use, whatever became of it: in the ledger, and in the metrics of what models answered. */
export function isModelRequest(request: EndedRequest): request is ModelRequest {
  const { method, path, status, facts } = request;
  return facts.apiKey !== undefined && status !== UNAUTHENTICATED && asksAModel(method, path);
}
