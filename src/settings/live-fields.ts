import type { OwnPrice } from '../core/models/prices.js';
import type { StrategyName } from '../core/pool/strategies/strategies.js';
import type { Settings } from '../platform/config/settings.js';
import type { LogLevel } from '../platform/logging/log-levels.js';
import type { LiveValues } from './live-values.js';

/** Every setting that can be changed while the service runs, by its path in the admin API. Times are seconds. */
export interface LiveFields {
  strategy: StrategyName;
  'breaker.enabled': boolean;
  'breaker.errorThreshold': number;
  'breaker.recoveryTimeout': number;
  'affinity.ttl': number;
  maxAttempts: number;
  aliases: Readonly<Record<string, string>>;
  prices: Readonly<Record<string, OwnPrice>>;
  logLevel: LogLevel;
}

export type LiveField = keyof LiveFields;

/** What an administrator changed; the rest is the environment's. */
export type ChangedFields = { readonly [Field in LiveField]?: LiveFields[Field] };

/** All of them as the environment has them. */
export function environmentFields(settings: Settings): LiveFields {
  return {
    strategy: settings.LOAD_BALANCE_STRATEGY,
    'breaker.enabled': settings.CIRCUIT_BREAKER_ENABLED,
    'breaker.errorThreshold': settings.CIRCUIT_BREAKER_ERROR_THRESHOLD,
    'breaker.recoveryTimeout': settings.CIRCUIT_BREAKER_RECOVERY_TIMEOUT,
    'affinity.ttl': settings.SESSION_AFFINITY_TTL,
    maxAttempts: settings.MAX_ATTEMPTS,
    aliases: settings.MODEL_ALIASES,
    prices: {},
    logLevel: settings.LOG_LEVEL,
  };
}

/** The same in the words of those who go by them. */
export function liveValues(fields: LiveFields): LiveValues {
  return {
    strategy: fields.strategy,
    breaker: {
      isEnabled: fields['breaker.enabled'],
      threshold: fields['breaker.errorThreshold'],
      recoveryMs: fields['breaker.recoveryTimeout'] * 1000,
    },
    affinityTtl: fields['affinity.ttl'],
    maxAttempts: fields.maxAttempts,
    modelAliases: fields.aliases,
    prices: fields.prices,
    logLevel: fields.logLevel,
  };
}
