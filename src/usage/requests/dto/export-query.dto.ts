import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { RequestFilterDto } from './request-filter.dto.js';

/** The requests that are asked for, and at most how many. */
export class ExportQueryDto extends RequestFilterDto {
  /**
   * Default: all of them.
   * @example 100000
   */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  limit?: number;
}
