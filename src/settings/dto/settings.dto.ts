import { ApiProperty } from '@nestjs/swagger';
import type { OwnPrice } from '../../core/models/prices.js';
import { STRATEGY_NAMES, type StrategyName } from '../../core/pool/strategies/strategies.js';
import { LOG_LEVELS, type LogLevel } from '../../platform/logging/log-levels.js';
import type { LiveField } from '../live-fields.js';
import { PRICES_SCHEMA } from './prices-schema.js';

export class BreakerSettingsDto {
  /**
   * `false`: an account that fails is asked all the same.
   * @example true
   */
  enabled: boolean;

  /**
   * Failures of an account in a row after which it is asked no more.
   * @example 5
   */
  errorThreshold: number;

  /**
   * Seconds after which such an account is tried with one request.
   * @example 300
   */
  recoveryTimeout: number;
}

export class AffinitySettingsDto {
  /**
   * Seconds a conversation stays with its account after its last request; 0: each request goes to any.
   * @example 18000
   */
  ttl: number;
}

/** Settings that change while the service runs. */
export class LiveSettingsDto {
  /** How the account for a request is chosen among those that can serve it. */
  @ApiProperty({ type: String, enum: STRATEGY_NAMES, example: 'weighted_round_robin' })
  strategy: StrategyName;

  breaker: BreakerSettingsDto;

  affinity: AffinitySettingsDto;

  /**
   * Accounts tried for one request before its first byte.
   * @example 3
   */
  maxAttempts: number;

  /** Client model name, which may have `*` for any text → upstream model id. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'gpt-4o': 'claude-sonnet-4.5' },
  })
  aliases: Readonly<Record<string, string>>;

  /** Model name, which may have `*` for any text → US dollars for a million tokens, or for a credit; others have their list price. */
  @ApiProperty(PRICES_SCHEMA)
  prices: Readonly<Record<string, OwnPrice>>;

  /** Least severe level that is logged. */
  @ApiProperty({ type: String, enum: LOG_LEVELS, example: 'info' })
  logLevel: LogLevel;
}

/** The settings in use, and where they come from. */
export class SettingsDto extends LiveSettingsDto {
  /** What null takes a setting back to. */
  environment: LiveSettingsDto;

  /**
   * Those that are not the environment's.
   * @example ['strategy', 'breaker.errorThreshold']
   */
  changed: LiveField[];

  /**
   * Counts the changes.
   * @example 4
   */
  revision: number;

  /** @example '2026-11-20T12:00:00.000Z' */
  updatedAt: string | null;
}
