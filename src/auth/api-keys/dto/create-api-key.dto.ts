import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { SCOPES, type Scope } from '../../access/scope.js';

const NOT_A_TIME = { message: 'expiresAt must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z' };

export class CreateApiKeyDto {
  /** @example 'laptop' */
  @IsString()
  @Length(1, 100)
  name: string;

  /**
   * What the key may do; default `inference`.
   * @example ['inference']
   */
  // Null is not a way to leave them out: a client that means "none" must not get the default.
  @ValidateIf((_body, value) => value !== undefined)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes: Scope[] = ['inference'];

  /**
   * When the key stops working; absent or null: never.
   * @example '2027-01-31T00:00:00Z'
   */
  @IsOptional()
  @IsISO8601({ strict: true }, NOT_A_TIME)
  @Matches(/T.+(Z|[+-]\d\d:\d\d)$/, NOT_A_TIME)
  expiresAt?: string | null;
}
