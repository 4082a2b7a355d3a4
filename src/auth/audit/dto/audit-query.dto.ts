import { IsIn, IsOptional } from 'class-validator';
import { AUDIT_OUTCOMES, type AuditOutcome } from '../../../audit/audit-event.js';
import { IsText } from '../../input/dto/is-text.decorator.js';
import { IsTime } from '../../input/dto/is-time.decorator.js';
import { PageQueryDto } from '../../input/dto/page-query.dto.js';

/** Which events are asked for: those that all of it is true of. */
export class AuditQueryDto extends PageQueryDto {
  /**
   * Name of the key that did it; `command line` or `system`.
   * @example 'laptop'
   */
  @IsOptional()
  @IsText()
  actor?: string;

  /**
   * Id of the key that did it.
   * @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11'
   */
  @IsOptional()
  @IsText()
  keyId?: string;

  /**
   * Where it came from.
   * @example '192.0.2.7'
   */
  @IsOptional()
  @IsText()
  address?: string;

  /**
   * What was done; `account.*` is all that begins with `account.`.
   * @example 'account.create'
   */
  @IsOptional()
  @IsText()
  action?: string;

  /** Id of what it was done to. */
  @IsOptional()
  @IsText()
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
  @IsText()
  requestId?: string;
}
