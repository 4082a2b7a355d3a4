import { type EndedRequest, isModelRequest } from '../../platform/logging/ended-request.js';
import { clientFamilyOf } from './client-family.js';
import type { UsageRecord } from './usage-record.js';

/** What upstream reports is not trusted: the database could not hold sums of just anything. */
const MOST_TOKENS = 1_000_000_000;
const HIGHEST_COST = 1_000_000;
/** Of 32 bits; a clock that was set may tell of more. */
const LONGEST_MS = 2_147_483_647;
/** Of a name that others chose. */
const LONGEST_TEXT = 100;
/** Like all there are. What an endpoint says may be anything, and may be part of something much longer. */
const REASON = /^[a-z_]{1,40}$/;

/**
 * What a request took, for the ledger. Undefined where it asked no model, or for nobody known: those that a limit or a
 * mistake kept from upstream are there, with no tokens.
 */
export function usageRecordOf(request: EndedRequest): UsageRecord | undefined {
  if (!isModelRequest(request)) return undefined;
  const { requestId, facts, status, outcome } = request;
  const { account = null } = facts;
  // Answers of our own have figures too, and cost nothing.
  const isAsked = account !== null;
  return {
    requestId,
    at: request.endedAt,
    keyId: facts.apiKey,
    accountId: account,
    protocol: request.protocol,
    model: text(facts.model),
    upstreamModel: text(facts.upstreamModel),
    status,
    outcome,
    errorClass: outcome === 'error' ? (facts.failureClass ?? facts.streamError ?? facts.errorKind ?? null) : null,
    isStream: facts.stream === true,
    attempts: facts.attempts ?? 0,
    inputTokens: isAsked ? tokens(facts.inputTokens) : 0,
    outputTokens: isAsked ? tokens(facts.outputTokens) : 0,
    cacheReadTokens: isAsked ? tokens(facts.cacheReadTokens) : 0,
    cacheWriteTokens: isAsked ? tokens(facts.cacheWriteTokens) : 0,
    reasoningTokens: isAsked ? tokens(facts.reasoningTokens) : 0,
    isEstimated: isAsked && facts.outputEstimated === true,
    credits: isAsked && facts.credits !== undefined ? within(facts.credits, HIGHEST_COST) : null,
    cost: isAsked ? within(facts.cost, HIGHEST_COST) : 0,
    priceVersion: isAsked ? text(facts.priceVersion) : null,
    firstTokenMs: isAsked && facts.firstTokenMs !== undefined ? milliseconds(facts.firstTokenMs) : null,
    durationMs: milliseconds(request.durationMs),
    stopReason: facts.stopReason === undefined ? null : reason(facts.stopReason),
    client: clientFamilyOf(request.userAgent),
  };
}

function tokens(count: number | undefined): number {
  return Math.round(within(count, MOST_TOKENS));
}

function milliseconds(time: number): number {
  return Math.round(within(time, LONGEST_MS));
}

/** No number is 0, as is one below. */
function within(amount: number | undefined, most: number): number {
  return amount !== undefined && amount > 0 ? Math.min(amount, most) : 0;
}

/** As a database can hold it: Postgres knows no NUL and no half of a character, which a cut may leave. */
function text(value: string | undefined): string | null {
  return value === undefined ? null : value.slice(0, LONGEST_TEXT).toWellFormed().replaceAll('\0', '\uFFFD');
}

function reason(said: string): string {
  return REASON.test(said) ? said : 'other';
}
