import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import type { OwnPrice } from '../../core/models/prices.js';
import { STRATEGY_NAMES, type StrategyName } from '../../core/pool/strategies/strategies.js';
import { LOG_LEVELS, type LogLevel } from '../../platform/logging/log-levels.js';
import { PRICES_SCHEMA } from './prices-schema.js';
import { NumberSetting, Setting } from './setting.decorators.js';

export class UpdateBreakerDto {
  /** @example true */
  @Setting('breaker.enabled')
  enabled?: boolean | null;

  @NumberSetting('breaker.errorThreshold', 5)
  errorThreshold?: number | null;

  /** Seconds. */
  @NumberSetting('breaker.recoveryTimeout', 300)
  recoveryTimeout?: number | null;
}

export class UpdateAffinityDto {
  /** Seconds; 0: each request goes to any account. */
  @NumberSetting('affinity.ttl', 18_000)
  ttl?: number | null;
}

/** What of the settings changes; what is left out stays, null takes a setting or a group back to the environment's. */
export class UpdateSettingsDto {
  @Setting('strategy')
  @ApiProperty({ type: String, enum: STRATEGY_NAMES, example: 'least_latency' })
  strategy?: StrategyName | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateBreakerDto)
  breaker?: UpdateBreakerDto | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateAffinityDto)
  affinity?: UpdateAffinityDto | null;

  @NumberSetting('maxAttempts', 3)
  maxAttempts?: number | null;

  /** Client model name → upstream model id: all of them, in the place of those there were. */
  @Setting('aliases')
  // As it came: made into an instance, it would lose names such as `constructor`.
  @Transform(({ obj }) => obj.aliases)
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'gpt-4o': 'claude-sonnet-4.5', 'gpt-*-mini': 'claude-haiku-4.5' },
  })
  aliases?: Record<string, string> | null;

  /**
   * Model name, which may have `*` for any text → US dollars for a million tokens, or for a credit: all of them, in
   * the place of those there were.
   */
  @Setting('prices')
  @Transform(({ obj }) => obj.prices)
  @ApiProperty(PRICES_SCHEMA)
  prices?: Record<string, OwnPrice> | null;

  /** Least severe level that is logged, on every replica. */
  @Setting('logLevel')
  @ApiProperty({ type: String, enum: LOG_LEVELS, example: 'debug' })
  logLevel?: LogLevel | null;
}
