import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import type { Binding } from '../../../upstreams/amazon-q/surface.js';
import { AccountNumber, AccountText, Instant } from '../account-field.decorators.js';

/** What accounts of every provider have. */
class NewAccountDto {
  @AccountText('label', 'Team seat 1')
  label: string;

  /**
   * Whether it may be chosen; default true.
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

  @IsOptional()
  @AccountNumber('requestsPerMinute', 60)
  requestsPerMinute?: number | null;

  @IsOptional()
  @AccountNumber('maxConcurrent', 10)
  maxConcurrent?: number | null;
}

/** An Amazon Q account, with the credentials of a signed-in client: the three belong together. */
export class CreateAmazonqAccountDto extends NewAccountDto {
  /** @example 'amazonq' */
  @IsOptional()
  @IsIn(['amazonq'])
  provider?: 'amazonq' | null;

  @AccountText('clientId', 'hBZ3xYd0Kb1RQqvXvT1m2nVzLWVhc3QtMQ')
  clientId: string;

  @AccountText('clientSecret', 'eyJraWQiOiJrZXktMTU2NDAyODA5OSIsImFsZyI6IkhTMzg0In0')
  clientSecret: string;

  @AccountText('refreshToken', 'aorAAAAAGexample')
  refreshToken: string;

  /** Used until it ends; else one is got by the refresh token. */
  @IsOptional()
  @AccountText('accessToken', 'aoaAAAAAGexample')
  accessToken?: string | null;

  @IsOptional()
  @Instant('accessTokenExpiresAt', '2026-11-20T13:00:00Z')
  accessTokenExpiresAt?: string | null;

  /** When the client registration ends. */
  @IsOptional()
  @Instant('registrationExpiresAt', '2027-02-18T12:00:00Z')
  registrationExpiresAt?: string | null;

  /** Of IAM Identity Center; left out for a Builder ID. */
  @IsOptional()
  @AccountText('profileArn', 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL')
  profileArn?: string | null;

  /** Of the API, or of everything where `ssoRegion` is left out. */
  @IsOptional()
  @AccountText('region', 'us-east-1')
  region?: string | null;

  /** Of the sign-in. */
  @IsOptional()
  @AccountText('ssoRegion', 'eu-west-1')
  ssoRegion?: string | null;

  /** Instead of the one set, or that of the region. */
  @IsOptional()
  @AccountText('apiEndpoint', 'https://q.us-east-1.amazonaws.com/')
  apiEndpoint?: string | null;

  @IsOptional()
  @AccountText('tokenEndpoint', 'https://oidc.us-east-1.amazonaws.com/token')
  tokenEndpoint?: string | null;

  @IsOptional()
  @AccountText('binding', 'restJson1')
  binding?: Binding | null;

  /** Which product asks; decides the plan that is asked for. */
  @IsOptional()
  @AccountText('origin', 'CLI')
  origin?: string | null;

  @IsOptional()
  @AccountText('startUrl', 'https://d-1234567890.awsapps.com/start')
  startUrl?: string | null;
}

/** An endpoint that speaks the Anthropic API. */
export class CreateAnthropicAccountDto extends NewAccountDto {
  /** @example 'anthropic' */
  @IsIn(['anthropic'])
  provider: 'anthropic';

  /** Up to what `/v1/messages` is added to. */
  @AccountText('baseUrl', 'https://api.anthropic.com')
  baseUrl: string;

  @AccountText('apiKey', 'sk-ant-example')
  apiKey: string;
}
