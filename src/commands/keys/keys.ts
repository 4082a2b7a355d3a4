import type { ApiKeyDto, CreatedApiKeyDto } from '../../auth/api-keys/dto/api-key.dto.js';

/** A key as the admin API shows it. */
export type ListedKey = Pick<ApiKeyDto, 'id' | 'name' | 'prefix' | 'enabled' | 'expiresAt' | 'lastUsedAt'> & {
  readonly scopes: readonly string[];
};
/** The same, with the secret that is shown this once. */
export type CreatedKey = ListedKey & Pick<CreatedApiKeyDto, 'key'>;

/** As `POST /v2/api-keys` takes it. */
export interface WantedKey {
  name: string;
  scopes?: string[];
  expiresAt?: string;
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  maxConcurrent?: number;
  monthlyTokenBudget?: number;
  monthlyCostBudget?: number;
  allowedModels?: string[];
  allowedCidrs?: string[];
}

/** The API keys of a gateway, wherever it is reached. */
export interface Keys {
  /** @throws naming the field that can't be so */
  create(wanted: WantedKey): Promise<CreatedKey>;
  /** The oldest first. */
  list(): Promise<ListedKey[]>;
  /** @throws when there is no such key, or nobody could administer the gateway without it */
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}
