import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { LONGEST_OVERLAP } from '../key-fields.js';
import { NotNull } from './key-field.decorators.js';

export class RotateApiKeyDto {
  /**
   * Seconds for which the secret before stays good, so that clients can be changed one after the other; 0: it ends now.
   */
  @NotNull()
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP)
  @ApiProperty({ type: 'integer', required: false, example: 3_600 })
  overlapSeconds: number = 3_600;
}
