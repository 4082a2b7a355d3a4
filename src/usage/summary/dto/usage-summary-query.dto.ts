import { IsIn, IsOptional } from 'class-validator';
import { IsText } from '../../../auth/input/dto/is-text.decorator.js';
import { IsTime } from '../../../auth/input/dto/is-time.decorator.js';
import type { Period } from '../../rollups/periods.js';
import { DIMENSIONS, type Dimension } from '../../rollups/usage-sum.js';

const INTERVALS = ['hour', 'day'] as const satisfies Period[];

/** Of which requests a summary is, and how they are told apart. */
export class UsageSummaryQueryDto {
  /**
   * This and later, from the beginning of its hour (of its day, with `interval=day`). Default: 24 hours before `to`.
   * @example '2026-11-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  from?: string;

  /**
   * Earlier than this, to the end of its hour (of its day, with `interval=day`). Default: now.
   * @example '2026-12-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  to?: string;

  /**
   * Each hour or day (of UTC) apart.
   * @example 'day'
   */
  @IsOptional()
  @IsIn(INTERVALS)
  interval?: (typeof INTERVALS)[number];

  /**
   * Each account, key, model or protocol apart.
   * @example 'model'
   */
  @IsOptional()
  @IsIn(DIMENSIONS)
  groupBy?: Dimension;

  /**
   * Of this account only, by its id.
   * @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11'
   */
  @IsOptional()
  @IsText()
  account?: string;

  /**
   * Of this API key only, by its id.
   * @example '5d0c7f9e-4f7e-4f0b-9a55-0f1f5f2a9b1d'
   */
  @IsOptional()
  @IsText()
  apiKey?: string;

  /**
   * Of this model only, as upstream names it.
   * @example 'claude-sonnet-4.5'
   */
  @IsOptional()
  @IsText()
  model?: string;

  /**
   * Of this protocol only: `anthropic`, `openai_chat` or `openai_responses`.
   * @example 'anthropic'
   */
  @IsOptional()
  @IsText()
  protocol?: string;
}
