import type { LiveSettingsDto, SettingsDto } from './dto/settings.dto.js';
import { rightFields } from './field-rules.js';
import type { LiveField, LiveFields } from './live-fields.js';
import type { StoredSettings } from './settings.repository.js';

/** The stored settings over those of the environment, as the admin API shows them. */
export function encodeSettings(stored: StoredSettings, environment: LiveFields): SettingsDto {
  const changed = rightFields(stored.fields);
  return {
    ...grouped({ ...environment, ...changed }),
    environment: grouped(environment),
    changed: Object.keys(changed) as LiveField[],
    revision: stored.revision,
    updatedAt: stored.updatedAt?.toISOString() ?? null,
  };
}

function grouped(fields: LiveFields): LiveSettingsDto {
  return {
    strategy: fields.strategy,
    breaker: {
      enabled: fields['breaker.enabled'],
      errorThreshold: fields['breaker.errorThreshold'],
      recoveryTimeout: fields['breaker.recoveryTimeout'],
    },
    affinity: { ttl: fields['affinity.ttl'] },
    maxAttempts: fields.maxAttempts,
    aliases: fields.aliases,
    prices: fields.prices,
    logLevel: fields.logLevel,
  };
}
