import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsText } from '../../../auth/input/dto/is-text.decorator.js';
import { IsTime } from '../../../auth/input/dto/is-time.decorator.js';
import { invalidInput } from '../../../auth/input/input-validation.pipe.js';
import {
  MODEL_PROTOCOLS,
  type ModelProtocol,
  REQUEST_OUTCOMES,
  type RequestOutcome,
} from '../../../platform/logging/ended-request.js';
import type { RequestFilter } from '../request-filter.js';

/** Which requests are asked for: those that all of it is true of. */
export class RequestFilterDto {
  /**
   * Those that ended then or later.
   * @example '2026-11-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  from?: string;

  /**
   * Those that ended earlier than this.
   * @example '2026-12-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  to?: string;

  /**
   * Id of the API key.
   * @example '5d0c7f9e-4f7e-4f0b-9a55-0f1f5f2a9b1d'
   */
  @IsOptional()
  @IsText()
  apiKey?: string;

  /**
   * Id of the account that was asked last.
   * @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11'
   */
  @IsOptional()
  @IsText()
  account?: string;

  /**
   * As the client or upstream names it.
   * @example 'claude-sonnet-4.5'
   */
  @IsOptional()
  @IsText()
  model?: string;

  /** @example 'anthropic' */
  @IsOptional()
  @IsIn(MODEL_PROTOCOLS)
  protocol?: ModelProtocol;

  /**
   * Of the answer.
   * @example 429
   */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(100)
  @Max(599)
  status?: number;

  /** @example 'error' */
  @IsOptional()
  @IsIn(REQUEST_OUTCOMES)
  outcome?: RequestOutcome;

  /**
   * What went wrong.
   * @example 'rate_limit'
   */
  @IsOptional()
  @IsText()
  errorClass?: string;

  /**
   * The program that asked, as its user agent says.
   * @example 'claude-code'
   */
  @IsOptional()
  @IsText()
  client?: string;

  /** @example 'req_0f1f5f2a9b1d4f7e9a550f1f5f2a9b1d' */
  @IsOptional()
  @IsText()
  requestId?: string;

  /**
   * Whether the answer was streamed.
   * @example true
   */
  @IsOptional()
  @Transform(({ obj }) => ({ true: true, false: false })[String(obj.stream)] ?? obj.stream)
  @IsBoolean({ message: 'stream must be true or false' })
  stream?: boolean;
}

/** @throws GatewayError when the times are in the wrong order */
export function filterOf({ from, to, ...fields }: RequestFilterDto): RequestFilter {
  const times = { from: momentOf(from), to: momentOf(to) };
  if (times.from !== undefined && times.to !== undefined && times.from >= times.to)
    throw invalidInput([{ path: 'to', message: 'to must be later than from' }]);
  return { ...fields, ...times };
}

function momentOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
