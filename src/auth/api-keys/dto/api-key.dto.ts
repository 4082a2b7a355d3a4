import type { Scope } from '../../access/scope.js';
import type { ApiKey } from '../api-key.entity.js';

/** A key as the admin API shows it. A list of what goes out, so that nothing else ever does. */
export class ApiKeyDto {
  /** @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11' */
  id: string;

  /** @example 'laptop' */
  name: string;

  /**
   * The first characters of the key, to tell it from others.
   * @example 'amq_3fG7'
   */
  prefix: string;

  /** @example ['inference'] */
  scopes: Scope[];

  /** @example true */
  enabled: boolean;

  /** @example '2027-01-31T00:00:00.000Z' */
  expiresAt: string | null;

  /** @example 60 */
  requestsPerMinute: number | null;

  /** @example 100000 */
  tokensPerMinute: number | null;

  /** @example 4 */
  maxConcurrent: number | null;

  /** @example 50000000 */
  monthlyTokenBudget: number | null;

  /** @example 99.5 */
  monthlyCostBudget: number | null;

  /**
   * Names, and patterns with `*`; null: all models.
   * @example ['claude-haiku-*']
   */
  allowedModels: string[] | null;

  /**
   * Networks from which it may be used; null: all.
   * @example ['10.0.0.0/8']
   */
  allowedCidrs: string[] | null;

  /**
   * Until when the secret before the last rotation is good; null: there is none.
   * @example '2026-11-20T13:00:00.000Z'
   */
  previousKeyExpiresAt: string | null;

  /** @example '2026-11-20T12:34:56.000Z' */
  lastUsedAt: string | null;

  /** @example '2026-11-01T09:00:00.000Z' */
  createdAt: string;
}

/** The answer to a creation or a rotation: the only ones that hold the key. */
export class CreatedApiKeyDto extends ApiKeyDto {
  /** @example 'amq_3fG7example' */
  key: string;
}

/** A page of keys, the oldest first. */
export class ApiKeyPageDto {
  data: ApiKeyDto[];

  /**
   * `cursor` of the next page; null after the last one.
   * @example null
   */
  nextCursor: string | null;
}

export function encodeApiKey(apiKey: ApiKey): ApiKeyDto {
  return {
    id: apiKey.id,
    name: apiKey.name,
    prefix: apiKey.prefix,
    scopes: apiKey.scopes,
    enabled: apiKey.enabled,
    expiresAt: apiKey.expiresAt?.toISOString() ?? null,
    requestsPerMinute: apiKey.requestsPerMinute,
    tokensPerMinute: apiKey.tokensPerMinute,
    maxConcurrent: apiKey.maxConcurrent,
    monthlyTokenBudget: apiKey.monthlyTokenBudget,
    monthlyCostBudget: apiKey.monthlyCostBudget,
    allowedModels: apiKey.allowedModels,
    allowedCidrs: apiKey.allowedCidrs,
    previousKeyExpiresAt: apiKey.previousExpiresAt?.toISOString() ?? null,
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    createdAt: apiKey.createdAt.toISOString(),
  };
}
