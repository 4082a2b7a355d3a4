import type { OwnPrice } from '../core/models/prices.js';
import type { BreakerRules } from '../core/pool/breaker.js';
import type { StrategyName } from '../core/pool/strategies/strategies.js';
import type { LogLevel } from '../platform/logging/log-levels.js';

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
  /** Model name, which may have `*` for any text → its price; every other model has its list price. */
  prices: Readonly<Record<string, OwnPrice>>;
  /** Least severe level that is logged. */
  logLevel: LogLevel;
}
