import { describe, expect, it } from '@jest/globals';
import type { EndedRequest } from '../../platform/logging/ended-request.js';
import type { RequestFacts } from '../../platform/logging/request-context.js';
import { usageRecordOf } from './usage-record-of.js';

const FACTS: RequestFacts = {
  apiKey: 'key-1',
  model: 'sonnet',
  upstreamModel: 'claude-sonnet-5',
  stream: true,
  account: 'account-1',
  attempts: 2,
  inputTokens: 90,
  outputTokens: 20,
  cacheReadTokens: 7,
  cacheWriteTokens: 5,
  reasoningTokens: 4,
  credits: 0.25,
  cost: 0.0125,
  priceVersion: '2026-11-01',
  stopReason: 'end_turn',
  firstEventMs: 100,
  firstTokenMs: 120,
};

function ended(facts: RequestFacts = {}, request: Partial<EndedRequest> = {}): EndedRequest {
  return {
    requestId: 'req_1',
    protocol: 'anthropic',
    method: 'POST',
    path: '/v1/messages',
    userAgent: 'curl/8.5.0',
    status: 200,
    outcome: 'success',
    durationMs: 340,
    endedAt: 1_795_716_000_000,
    facts: { ...FACTS, ...facts },
    ...request,
  };
}

describe('usageRecordOf', () => {
  it('is all that is known of a request', () => {
    expect(usageRecordOf(ended())).toEqual({
      requestId: 'req_1',
      at: 1_795_716_000_000,
      keyId: 'key-1',
      accountId: 'account-1',
      protocol: 'anthropic',
      model: 'sonnet',
      upstreamModel: 'claude-sonnet-5',
      status: 200,
      outcome: 'success',
      errorClass: null,
      isStream: true,
      attempts: 2,
      inputTokens: 90,
      outputTokens: 20,
      cacheReadTokens: 7,
      cacheWriteTokens: 5,
      reasoningTokens: 4,
      isEstimated: false,
      credits: 0.25,
      cost: 0.0125,
      priceVersion: '2026-11-01',
      firstTokenMs: 120,
      durationMs: 340,
      stopReason: 'end_turn',
      client: 'curl',
    });
  });

  it.each([
    ['/v1/messages'],
    ['/messages'],
    ['/v1/messages/'],
    ['/v1/chat/completions'],
    ['/chat/completions'],
    ['/v1/responses'],
    ['/responses'],
    ['/v1/responses/compact'],
    ['/responses/compact'],
  ])('there is one for POST %s', (path) => {
    expect(usageRecordOf(ended({}, { path }))).toBeDefined();
  });

  it.each<[string, Partial<EndedRequest>, RequestFacts]>([
    ['a count of tokens', { path: '/v1/messages/count_tokens' }, {}],
    ['a stored response that is read', { path: '/v1/responses/resp_1', method: 'GET' }, {}],
    ['a list of models', { path: '/v1/models', method: 'GET' }, {}],
    ['another method', { method: 'GET' }, {}],
    ['the admin API', { path: '/v2/accounts', protocol: 'admin' }, {}],
    ['nobody', { status: 401 }, { apiKey: undefined }],
    ['a key that is over', { status: 401 }, { authFailure: 'expired' }],
  ])('there is none for %s', (_, request, facts) => {
    expect(usageRecordOf(ended(facts, request))).toBeUndefined();
  });

  it.each<[number, RequestFacts]>([
    [429, { keyLimit: 'requests_per_minute', errorKind: 'rate_limit' }],
    [403, { errorKind: 'permission' }],
    [403, { authFailure: 'missing_scope', errorKind: 'permission' }],
    [400, { errorKind: 'invalid_request' }],
    [413, { errorKind: 'request_too_large' }],
    [503, { errorKind: 'no_account' }],
  ])('a refusal with %i has no account and no tokens', (status, facts) => {
    const refusal: RequestFacts = { apiKey: 'key-1', model: 'sonnet', stream: true, ...facts };
    expect(usageRecordOf({ ...ended({}, { status, outcome: 'error' }), facts: refusal })).toMatchObject({
      status,
      outcome: 'error',
      errorClass: facts.errorKind,
      model: 'sonnet',
      isStream: true,
      accountId: null,
      upstreamModel: null,
      attempts: 0,
      inputTokens: 0,
      outputTokens: 0,
      credits: null,
      cost: 0,
      priceVersion: null,
      firstTokenMs: null,
    });
  });

  it('an answer of our own costs nothing, whatever its figures', () => {
    const own = { account: undefined, attempts: undefined, upstreamModel: undefined, cost: undefined };
    expect(usageRecordOf(ended(own))).toMatchObject({ inputTokens: 0, outputTokens: 0, credits: null, cost: 0 });
  });

  it.each<[string, RequestFacts, EndedRequest['outcome'], string | null]>([
    ['the failure class', { failureClass: 'quota', errorKind: 'quota' }, 'error', 'quota'],
    ['how a stream failed, by its class', { failureClass: 'transient', streamError: 'upstream' }, 'error', 'transient'],
    ['how a stream failed', { streamError: 'unavailable' }, 'error', 'unavailable'],
    ['the kind of the error', { errorKind: 'invalid_body' }, 'error', 'invalid_body'],
    ['nothing where the client left', { errorKind: 'invalid_body' }, 'cancelled', null],
  ])('the error class is %s', (_, facts, outcome, errorClass) => {
    expect(usageRecordOf(ended(facts, { outcome }))).toMatchObject({ outcome, errorClass });
  });

  it('what upstream, an endpoint or a clock says beyond all reason is bounded', () => {
    const odd: RequestFacts = {
      inputTokens: 1e300,
      outputTokens: 1.6,
      cacheReadTokens: -5,
      cacheWriteTokens: Number.NaN,
      reasoningTokens: Number.POSITIVE_INFINITY,
      credits: -1,
      cost: 1e300,
      firstTokenMs: -20,
      stopReason: 'x'.repeat(50),
    };
    expect(usageRecordOf(ended(odd, { durationMs: 1e12 }))).toMatchObject({
      inputTokens: 1_000_000_000,
      outputTokens: 2,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 1_000_000_000,
      credits: 0,
      cost: 1_000_000,
      firstTokenMs: 0,
      durationMs: 2_147_483_647,
      stopReason: 'other',
    });
  });

  it.each([
    ['a\0b', 'a\uFFFDb'],
    ['half \uD83D', 'half \uFFFD'],
    ["it's 'quoted' \u{1F600}", "it's 'quoted' \u{1F600}"],
    ['m'.repeat(200), 'm'.repeat(100)],
  ])('a model that is called %j is one that a database can hold', (model, stored) => {
    expect(usageRecordOf(ended({ model, upstreamModel: model }))).toMatchObject({
      model: stored,
      upstreamModel: stored,
    });
  });
});
