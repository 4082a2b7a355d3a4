import type { ApiKey } from '../api-key.entity.js';
import type { Scope } from '../scope.js';

/** A key as the admin API shows it. A list of what goes out, so that nothing else ever does. */
export interface ApiKeyDto {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  enabled: boolean;
  expiresAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
}

/** The answer to a creation: the only one that holds the secret. */
export interface CreatedApiKeyDto extends ApiKeyDto {
  key: string;
}

export interface ApiKeyPageDto {
  data: ApiKeyDto[];
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
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    createdAt: apiKey.createdAt.toISOString(),
  };
}
