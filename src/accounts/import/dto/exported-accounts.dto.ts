/** An account of an export. With secrets it holds `kind` and what belongs to that kind as well. */
export class ExportedAccountDto {
  /** @example 'acc_1f2e3d4c5b6a798897a6b5c4' */
  id: string;
  /** @example 'Team seat 1' */
  label: string;
  /** @example 'amazonq' */
  provider: 'amazonq' | 'anthropic';
  /** @example true */
  enabled: boolean;
  /** @example 1 */
  weight: number;
  /** @example 0 */
  priority: number;
  /** @example 60 */
  requestsPerMinute?: number;
  /** @example 10 */
  maxConcurrent?: number;
  /** @example 'us-east-1' */
  region?: string;
  /** @example 'eu-west-1' */
  ssoRegion?: string;
  /** @example 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL' */
  profileArn?: string;
  /** @example 'https://q.us-east-1.amazonaws.com/' */
  apiEndpoint?: string;
  /** @example 'https://oidc.us-east-1.amazonaws.com/token' */
  tokenEndpoint?: string;
  /** @example 'restJson1' */
  binding?: 'restJson1' | 'awsJson1.0';
  /** @example 'CLI' */
  origin?: string;
  /** @example 'https://api.anthropic.com' */
  baseUrl?: string;
  /** @example 'https://d-1234567890.awsapps.com/start' */
  startUrl?: string;
  /**
   * For people: an import does not read it.
   * @example 'active'
   */
  status: string;
  /** @example '2026-11-01T09:00:00.000Z' */
  createdAt: string;
  /** @example '2027-02-18T12:00:00.000Z' */
  registrationExpiresAt?: string;

  /**
   * What it signs in with.
   * @example 'oidc'
   */
  kind?: 'oidc' | 'social' | 'api_key';
  /** @example 'aorAAAAAGexample' */
  refreshToken?: string;
  /** @example 'hBZ3xYd0Kb1RQqvXvT1m2nVzLWVhc3QtMQ' */
  clientId?: string;
  /** @example 'eyJraWQiOiJrZXktMTU2NDAyODA5OSIsImFsZyI6IkhTMzg0In0' */
  clientSecret?: string;
  /** @example 'aoaAAAAAGexample' */
  accessToken?: string;
  /**
   * Of the access token.
   * @example '2026-11-20T13:00:00.000Z'
   */
  tokenExpiresAt?: string;
  /** @example 'sk-ant-example' */
  apiKey?: string;

  /**
   * There are secrets, and they can't be decrypted.
   * @example true
   */
  secretsUnreadable?: true;
}

/** Importable again. */
export class ExportedAccountsDto {
  /** @example 1 */
  version: 1;
  /** @example '2026-11-20T12:00:00.000Z' */
  exportedAt: string;
  accounts: ExportedAccountDto[];
}
