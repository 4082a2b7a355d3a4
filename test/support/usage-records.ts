import type { UsageRecord } from '../../src/usage/ledger/usage-record.js';

/** A row of the ledger. */
export function usageRecord(fields: Partial<UsageRecord> = {}): UsageRecord {
  return {
    requestId: 'req_0',
    at: Date.UTC(2026, 10, 20),
    keyId: 'key-1',
    accountId: 'account-1',
    protocol: 'anthropic',
    model: 'claude-sonnet-4-5',
    upstreamModel: 'claude-sonnet-4.5',
    status: 200,
    outcome: 'success',
    errorClass: null,
    isStream: true,
    attempts: 1,
    inputTokens: 1_000,
    outputTokens: 200,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    isEstimated: false,
    credits: 0.04,
    cost: 0.006,
    priceVersion: '2026-11-21',
    firstTokenMs: 500,
    durationMs: 4_000,
    stopReason: 'end_turn',
    client: 'claude-code',
    ...fields,
  };
}
