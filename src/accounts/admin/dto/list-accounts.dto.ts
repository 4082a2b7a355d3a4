import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../auth/input/dto/page-query.dto.js';
import { ACCOUNT_STATUSES, type AccountStatus, PROVIDERS, type Provider } from '../../account.js';

/** What a list of accounts is asked for. */
export class ListAccountsDto extends PageQueryDto {
  /** Only accounts that are shown with this status. */
  @IsOptional()
  @IsIn(ACCOUNT_STATUSES)
  status?: AccountStatus;

  @IsOptional()
  @IsIn(PROVIDERS)
  provider?: Provider;

  @IsOptional()
  @IsIn(['true', 'false'])
  enabled?: 'true' | 'false';

  /** Part of the label, id, profile ARN or base URL, in any case. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'q must not contain control characters' })
  q?: string;
}
