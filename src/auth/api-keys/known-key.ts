import { AllowedModels } from '../../core/models/allowed-models.js';
import { AllowedNetworks } from './allowed-networks.js';
import type { ApiKey } from './api-key.entity.js';
import { type Accepted, type Authentication, type Refused, UNKNOWN_KEY } from './authentication.js';
import { LIMIT_FIELDS } from './key-fields.js';
import type { KeyLimits } from './key-limits.js';

/** What authentication must know of a stored key: read once, used by many requests. */
export interface KnownKey {
  readonly id: string;
  readonly accepted: Accepted;
  readonly enabled: boolean;
  /** When this secret of it ends, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The row it was made of, so that an unchanged one is known again. */
  readonly source: string;
}

/**
 * @param isPrevious the secret is the one before the last rotation
 * @param known what was made of the row before: handed back when nothing of it changed, so that requests of an unchanged key share one identity
 */
export function toKnownKey(row: ApiKey, isPrevious: boolean, known?: KnownKey): KnownKey {
  const expiresAt = Math.min(
    endOf(row.expiresAt),
    isPrevious ? endOf(row.previousExpiresAt) : Number.POSITIVE_INFINITY,
  );
  const limits = limitsOf(row);
  const { id, name, scopes, enabled, allowedModels, allowedCidrs } = row;
  const source = JSON.stringify([id, name, scopes, enabled, expiresAt, limits, allowedModels, allowedCidrs]);
  if (known?.source === source) return known;
  const identity = {
    keyId: id,
    name,
    scopes: new Set(scopes),
    ...(limits && { limits }),
    ...(allowedModels && { allowedModels: new AllowedModels(allowedModels) }),
  };
  const networks = allowedCidrs && { networks: new AllowedNetworks(allowedCidrs) };
  return { id, accepted: { identity, ...networks }, enabled, expiresAt, source };
}

/** What a secret that belongs to this key is worth at a time; null: it belongs to none. */
export function authenticationOf(key: KnownKey | null, now: number): Authentication {
  if (!key) return UNKNOWN_KEY;
  if (!key.enabled) return { refused: 'disabled', keyId: key.id } satisfies Refused;
  return key.expiresAt > now ? key.accepted : { refused: 'expired', keyId: key.id };
}

function endOf(time: Date | null): number {
  return time?.getTime() ?? Number.POSITIVE_INFINITY;
}

function limitsOf(row: ApiKey): KeyLimits | undefined {
  if (LIMIT_FIELDS.every((field) => row[field] === null)) return undefined;
  const { requestsPerMinute, tokensPerMinute, maxConcurrent, monthlyTokenBudget, monthlyCostBudget } = row;
  return { requestsPerMinute, tokensPerMinute, maxConcurrent, monthlyTokenBudget, monthlyCostBudget };
}
