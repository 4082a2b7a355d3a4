import { IsIn } from 'class-validator';

export class ExportAccountsDto {
  /** `true`: refresh tokens, client secrets and keys go out in plain text; needs the scope `admin`. */
  @IsIn(['true', 'false'])
  includeSecrets?: 'true' | 'false' = 'false';
}
