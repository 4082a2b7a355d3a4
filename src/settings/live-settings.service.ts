import { Injectable } from '@nestjs/common';
import type { BreakerRules } from '../core/pool/breaker.js';
import type { StrategyName } from '../core/pool/strategies/strategies.js';
import { Configuration } from '../platform/config/configuration.js';
import type { Settings } from '../platform/config/settings.js';

/** The settings that can be changed while the service runs. */
export interface LiveValues {
  strategy: StrategyName;
  breaker: BreakerRules;
  /** Seconds; 0: off. */
  affinityTtl: number;
  /** Accounts tried for one request. */
  maxAttempts: number;
  /** Client model name → upstream model id. */
  modelAliases: Readonly<Record<string, string>>;
}

/** The settings as they are now: those of the environment, but for what an administrator changed. */
@Injectable()
export class LiveSettings {
  private values: LiveValues;
  private readonly listeners: ((values: LiveValues) => void)[] = [];

  constructor(configuration: Configuration) {
    this.values = valuesOf(configuration.settings);
  }

  /** Another object after each change, and only then. */
  get current(): LiveValues {
    return this.values;
  }

  /** Called with the new values after each change. */
  onChange(listener: (values: LiveValues) => void): void {
    this.listeners.push(listener);
  }
}

function valuesOf(settings: Settings): LiveValues {
  return {
    strategy: settings.LOAD_BALANCE_STRATEGY,
    breaker: {
      isEnabled: settings.CIRCUIT_BREAKER_ENABLED,
      threshold: settings.CIRCUIT_BREAKER_ERROR_THRESHOLD,
      recoveryMs: settings.CIRCUIT_BREAKER_RECOVERY_TIMEOUT * 1000,
    },
    affinityTtl: settings.SESSION_AFFINITY_TTL,
    maxAttempts: settings.MAX_ATTEMPTS,
    modelAliases: settings.MODEL_ALIASES,
  };
}
