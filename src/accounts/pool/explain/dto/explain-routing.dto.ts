import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

const ONE_LINE = /^[^\p{Cc}]*$/u;

/** A request as far as it decides on its account. */
export class ExplainRoutingDto {
  /**
   * As a client names it.
   * @example 'claude-sonnet-4.5'
   */
  @IsString()
  @Length(1, 256)
  @Matches(ONE_LINE, { message: 'model must not contain control characters' })
  model: string;

  /**
   * What the client calls its conversation: `x-conversation-id`, the session of Claude Code or Codex, `prompt_cache_key`.
   * Left out: a request that belongs to none.
   * @example '9b2f6c1e-3d44-4a56-8a90-5f1f0e6b7c21'
   */
  @IsOptional()
  @IsString()
  @Length(1, 10_000)
  @Matches(ONE_LINE, { message: 'conversation must not contain control characters' })
  conversation?: string;

  /**
   * Whose conversation it is: keys share none. Left out: of the key that asks.
   * @example '6d0d1a34-7c0e-4f4e-8f0e-2f8f1a0b9c55'
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  apiKeyId?: string;

  /**
   * Accounts that are told of one by one, at most; the others are counted.
   * @example 100
   */
  @IsInt()
  @Min(0)
  @Max(1000)
  @ApiProperty({ required: false })
  limit: number = 100;
}
