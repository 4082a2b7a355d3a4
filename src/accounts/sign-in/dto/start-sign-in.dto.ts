import { IsBoolean, IsOptional, Matches } from 'class-validator';
import { TEXT_RULES } from '../../account-fields.js';
import { AccountNumber, AccountText } from '../../admin/account-field.decorators.js';

/** Which sign-in to begin; an empty object begins one with a Builder ID. */
export class StartSignInDto {
  /** Name of the account; default: `Builder ID`, or the directory of the start URL, numbered. */
  @IsOptional()
  @AccountText('label', 'Team seat 1')
  label?: string | null;

  /** The access portal of IAM Identity Center; left out: AWS Builder ID. */
  @IsOptional()
  @AccountText('startUrl', 'https://d-1234567890.awsapps.com/start')
  @Matches(/^https:/, { message: 'startUrl must begin with https://' })
  startUrl?: string | null;

  /** Of IAM Identity Center; required with `startUrl`. */
  @IsOptional()
  @AccountText('region', 'eu-west-1')
  region?: string | null;

  /** The one to use where the account may use several. */
  @IsOptional()
  @AccountText('profileArn', 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL')
  profileArn?: string | null;

  /**
   * Signs this account in again instead of making a new one; what it knows may be left out.
   * @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44'
   */
  @IsOptional()
  @Matches(new RegExp(`^.{0,${TEXT_RULES.id.longest}}$`), {
    message: `accountId must be text of at most ${TEXT_RULES.id.longest} characters`,
  })
  accountId?: string | null;

  /**
   * Whether the account may be chosen; default true.
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean | null;

  /** Its share of the requests, default 1; 0: only when nobody else can. */
  @IsOptional()
  @AccountNumber('weight', 1)
  weight?: number | null;

  /** Lower goes first, default 0. */
  @IsOptional()
  @AccountNumber('priority', 0)
  priority?: number | null;
}
