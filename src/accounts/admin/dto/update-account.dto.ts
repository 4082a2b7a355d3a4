import { IsBoolean, IsOptional } from 'class-validator';
import type { Binding } from '../../../upstreams/amazon-q/surface.js';
import { AccountNumber, AccountText, Instant, NotNull } from '../account-field.decorators.js';

/**
 * What of an account changes; what is left out stays, null takes an optional field away. Credentials are replaced only
 * all together: `clientId`, `clientSecret` and `refreshToken`, or `apiKey`.
 */
export class UpdateAccountDto {
  @NotNull()
  @AccountText('label', 'Team seat 1')
  label?: string;

  /** @example false */
  @NotNull()
  @IsBoolean()
  enabled?: boolean;

  @NotNull()
  @AccountNumber('weight', 2)
  weight?: number;

  @NotNull()
  @AccountNumber('priority', 1)
  priority?: number;

  @IsOptional()
  @AccountNumber('requestsPerMinute', 60)
  requestsPerMinute?: number | null;

  @IsOptional()
  @AccountNumber('maxConcurrent', 10)
  maxConcurrent?: number | null;

  @IsOptional()
  @AccountText('profileArn', 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL')
  profileArn?: string | null;

  @IsOptional()
  @AccountText('region', 'us-east-1')
  region?: string | null;

  @IsOptional()
  @AccountText('ssoRegion', 'eu-west-1')
  ssoRegion?: string | null;

  @IsOptional()
  @AccountText('apiEndpoint', 'https://q.us-east-1.amazonaws.com/')
  apiEndpoint?: string | null;

  @IsOptional()
  @AccountText('tokenEndpoint', 'https://oidc.us-east-1.amazonaws.com/token')
  tokenEndpoint?: string | null;

  @IsOptional()
  @AccountText('binding', 'restJson1')
  binding?: Binding | null;

  @IsOptional()
  @AccountText('origin', 'CLI')
  origin?: string | null;

  @IsOptional()
  @AccountText('startUrl', 'https://d-1234567890.awsapps.com/start')
  startUrl?: string | null;

  @NotNull()
  @AccountText('clientId', 'hBZ3xYd0Kb1RQqvXvT1m2nVzLWVhc3QtMQ')
  clientId?: string;

  @NotNull()
  @AccountText('clientSecret', 'eyJraWQiOiJrZXktMTU2NDAyODA5OSIsImFsZyI6IkhTMzg0In0')
  clientSecret?: string;

  @NotNull()
  @AccountText('refreshToken', 'aorAAAAAGexample')
  refreshToken?: string;

  /** Goes with new credentials only. */
  @NotNull()
  @AccountText('accessToken', 'aoaAAAAAGexample')
  accessToken?: string;

  @NotNull()
  @Instant('accessTokenExpiresAt', '2026-11-20T13:00:00Z')
  accessTokenExpiresAt?: string;

  @NotNull()
  @Instant('registrationExpiresAt', '2027-02-18T12:00:00Z')
  registrationExpiresAt?: string;

  /** Of an `anthropic` account. */
  @NotNull()
  @AccountText('baseUrl', 'https://api.anthropic.com')
  baseUrl?: string;

  @NotNull()
  @AccountText('apiKey', 'sk-ant-example')
  apiKey?: string;
}
