import type { ModelProtocol, RequestOutcome } from '../../platform/logging/ended-request.js';
import type { ClientFamily } from './client-family.js';

/** What one request of an API key took, whatever became of it (contract §4, usage). Never content. */
export interface UsageRecord {
  requestId: string;
  /** When its response was over, in epoch milliseconds. */
  at: number;
  /** Id of the API key. */
  keyId: string;
  /** The account that was asked last; null: none was. */
  accountId: string | null;
  protocol: ModelProtocol;
  /** As the client named it, cut; null: it named none that can be read. */
  model: string | null;
  /** As upstream names it; null: no account was asked. */
  upstreamModel: string | null;
  /** Of the answer's head. */
  status: number;
  outcome: RequestOutcome;
  /** The failure class (contract §6), where upstream said nothing the kind of error; null: none. */
  errorClass: string | null;
  isStream: boolean;
  /** Accounts tried. */
  attempts: number;
  /** Without those of the cache. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Part of the output. */
  reasoningTokens: number;
  /** The answer ended before its tokens were told: they are our own count. */
  isEstimated: boolean;
  /** As upstream reports them; null: it reported none. */
  credits: number | null;
  /** US dollars, at the prices of that time. */
  cost: number;
  /** Of the price table that `cost` was worked out with, such as `2026-11-21+4`; null: there was nothing to price. */
  priceVersion: string | null;
  /** Milliseconds from the request's beginning; null: nothing came. */
  firstTokenMs: number | null;
  durationMs: number;
  stopReason: string | null;
  client: ClientFamily;
}
