import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { NotNull, WebhookSecret } from './webhook-field.decorators.js';

/** A month, in seconds. */
const LONGEST_OVERLAP = 2_592_000;

export class RotateWebhookDto {
  /** The new secret; default: one is made. */
  @NotNull()
  @WebhookSecret()
  secret?: string;

  /** Seconds for which events are signed with the secret before as well; 0: it ends now. */
  @NotNull()
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP)
  @ApiProperty({ type: 'integer', required: false, example: 86_400 })
  overlapSeconds: number = 86_400;
}
