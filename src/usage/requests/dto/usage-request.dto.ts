import { ApiProperty } from '@nestjs/swagger';
import {
  MODEL_PROTOCOLS,
  type ModelProtocol,
  REQUEST_OUTCOMES,
  type RequestOutcome,
} from '../../../platform/logging/ended-request.js';
import type { LoggedRequest } from '../logged-request.js';

/** A request of an API key, whatever became of it. Neither prompt nor answer. */
export class UsageRequestDto {
  /** @example 'req_0f1f5f2a9b1d4f7e9a550f1f5f2a9b1d' */
  requestId: string;

  /**
   * When its response was over.
   * @example '2026-11-20T12:34:56.789Z'
   */
  at: string;

  /**
   * Id of the API key.
   * @example '5d0c7f9e-4f7e-4f0b-9a55-0f1f5f2a9b1d'
   */
  apiKey: string;

  /**
   * Id of the account that was asked last; null: none was.
   * @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11'
   */
  account: string | null;

  @ApiProperty({ type: String, enum: MODEL_PROTOCOLS, example: 'anthropic' })
  protocol: ModelProtocol;

  /**
   * As the client named it.
   * @example 'claude-sonnet-4-5'
   */
  model: string | null;

  /**
   * As upstream names it.
   * @example 'claude-sonnet-4.5'
   */
  upstreamModel: string | null;

  /** @example 200 */
  status: number;

  @ApiProperty({ type: String, enum: REQUEST_OUTCOMES, example: 'success' })
  outcome: RequestOutcome;

  /**
   * What went wrong; null: nothing.
   * @example null
   */
  errorClass: string | null;

  /** @example true */
  stream: boolean;

  /**
   * Accounts tried.
   * @example 1
   */
  attempts: number;

  /**
   * Without those of the cache.
   * @example 1520
   */
  inputTokens: number;

  /** @example 310 */
  outputTokens: number;

  /** @example 0 */
  cacheReadTokens: number;

  /** @example 0 */
  cacheWriteTokens: number;

  /**
   * Part of the output.
   * @example 0
   */
  reasoningTokens: number;

  /**
   * The answer ended before its tokens were told: they are our own count.
   * @example false
   */
  estimated: boolean;

  /**
   * As upstream reports them; null: it reported none.
   * @example 0.04
   */
  credits: number | null;

  /**
   * US dollars, at the prices of that time.
   * @example 0.00921
   */
  cost: number;

  /**
   * Of the price table `cost` was worked out with; null: there was nothing to price.
   * @example '2026-11-21'
   */
  priceVersion: string | null;

  /**
   * Milliseconds; null: no token came.
   * @example 820
   */
  timeToFirstTokenMs: number | null;

  /** @example 4210 */
  durationMs: number;

  /** @example 'end_turn' */
  stopReason: string | null;

  /**
   * The program that asked, as its user agent says.
   * @example 'claude-code'
   */
  client: string;
}

/** A page of requests, the newest first. */
export class UsageRequestPageDto {
  data: UsageRequestDto[];

  /**
   * `cursor` of the next page; null after the last one. Where requests that fit are few, a page may end with fewer than
   * `limit`, or none, before the last one.
   * @example null
   */
  nextCursor: string | null;
}

export function encodeUsageRequest(request: LoggedRequest): UsageRequestDto {
  const { requestId, at, keyId, accountId, isStream, isEstimated, firstTokenMs, ...same } = request;
  return {
    requestId,
    at: new Date(at).toISOString(),
    apiKey: keyId,
    account: accountId,
    protocol: same.protocol,
    model: same.model,
    upstreamModel: same.upstreamModel,
    status: same.status,
    outcome: same.outcome,
    errorClass: same.errorClass,
    stream: isStream,
    attempts: same.attempts,
    inputTokens: same.inputTokens,
    outputTokens: same.outputTokens,
    cacheReadTokens: same.cacheReadTokens,
    cacheWriteTokens: same.cacheWriteTokens,
    reasoningTokens: same.reasoningTokens,
    estimated: isEstimated,
    credits: same.credits,
    cost: same.cost,
    priceVersion: same.priceVersion,
    timeToFirstTokenMs: firstTokenMs,
    durationMs: same.durationMs,
    stopReason: same.stopReason,
    client: same.client,
  };
}
