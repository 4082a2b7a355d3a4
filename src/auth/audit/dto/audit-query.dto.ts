import { IsIn, IsISO8601, IsOptional, IsString, Length, Matches } from 'class-validator';
import { AUDIT_OUTCOMES, type AuditOutcome } from '../../../audit/audit-event.js';
import { PageQueryDto } from '../../input/dto/page-query.dto.js';

const LONGEST = 200;

function IsTime(): PropertyDecorator {
  return (target, property) => {
    const message = `${String(property)} must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z`;
    IsISO8601({ strict: true }, { message })(target, property);
    Matches(/T.+(Z|[+-]\d\d:\d\d)$/, { message })(target, property);
  };
}

/** Which events are asked for: those that all of it is true of. */
export class AuditQueryDto extends PageQueryDto {
  /**
   * Name of the key that did it; `command line` or `system`.
   * @example 'laptop'
   */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  actor?: string;

  /**
   * Id of the key that did it.
   * @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11'
   */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  keyId?: string;

  /**
   * Where it came from.
   * @example '192.0.2.7'
   */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  address?: string;

  /**
   * What was done; `account.*` is all that begins with `account.`.
   * @example 'account.create'
   */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  action?: string;

  /** Id of what it was done to. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  target?: string;

  /** @example 'refused' */
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  /**
   * This and later.
   * @example '2026-11-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  from?: string;

  /**
   * Earlier than this.
   * @example '2026-12-01T00:00:00Z'
   */
  @IsOptional()
  @IsTime()
  to?: string;

  /** Id of the request that did it, from its answer's `x-request-id`. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST)
  requestId?: string;
}
