import type { AccountStatus, Provider } from '../../account.js';

/** What the service said last about the account's plan. */
export class QuotaDto {
  /** @example 412.5 */
  used: number;

  /** @example 1000 */
  limit: number;

  /** @example '2026-12-01T00:00:00.000Z' */
  resetsAt: string | null;
}

/** Whether requests are kept away from an account that fails often. */
export class BreakerDto {
  /** @example 'closed' */
  state: 'closed' | 'open' | 'half_open';

  /**
   * Failures in a row that count against the account; while it is closed, of the process that answers.
   * @example 0
   */
  failures: number;

  /**
   * Until when nobody is sent there; later one request may try. Null while it is closed.
   * @example null
   */
  openUntil: string | null;
}

/** An account as the admin API shows it. A list of what goes out, so that nothing else ever does: never a secret. */
export class AccountDto {
  /** @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44' */
  id: string;

  /** @example 'Team seat 1' */
  label: string;

  /** @example 'amazonq' */
  provider: Provider;

  /**
   * What an administrator decided.
   * @example true
   */
  enabled: boolean;

  /**
   * Where the account stands; one that is not enabled is `disabled`.
   * @example 'active'
   */
  status: AccountStatus;

  /**
   * The service's own words, or ours.
   * @example null
   */
  statusReason: string | null;

  /** @example '2026-11-20T12:00:00.000Z' */
  statusSince: string;

  /**
   * When the status ends by itself, such as a spent quota with its window.
   * @example null
   */
  statusUntil: string | null;

  /**
   * Its share of the requests; 0: only when nobody else can.
   * @example 1
   */
  weight: number;

  /**
   * Lower goes first.
   * @example 0
   */
  priority: number;

  /** @example 60 */
  requestsPerMinute: number | null;

  /** @example 10 */
  maxConcurrent: number | null;

  /**
   * Of the API, or of everything where `ssoRegion` is not given.
   * @example 'us-east-1'
   */
  region: string | null;

  /** @example 'eu-west-1' */
  ssoRegion: string | null;

  /** @example 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL' */
  profileArn: string | null;

  /** @example null */
  apiEndpoint: string | null;

  /** @example null */
  tokenEndpoint: string | null;

  /** @example 'restJson1' */
  binding: string | null;

  /** @example 'CLI' */
  origin: string | null;

  /**
   * Of an `anthropic` account.
   * @example null
   */
  baseUrl: string | null;

  /**
   * Of IAM Identity Center.
   * @example 'https://d-1234567890.awsapps.com/start'
   */
  startUrl: string | null;

  /** @example '2026-11-20T13:00:00.000Z' */
  tokenExpiresAt: string | null;

  /** @example '2026-11-20T12:00:00.000Z' */
  lastRefreshAt: string | null;

  /**
   * When the client registration ends that its tokens belong to: a new sign-in is needed then.
   * @example '2027-02-18T12:00:00.000Z'
   */
  registrationExpiresAt: string | null;

  /** @example '2026-11-20T12:34:56.000Z' */
  lastUsedAt: string | null;

  quota: QuotaDto | null;

  breaker: BreakerDto;

  /**
   * Requests running now, in the process that answers.
   * @example 2
   */
  inFlight: number;

  /**
   * Attempts at upstream, of all replicas; some seconds old.
   * @example 1532
   */
  requestCount: number;

  /**
   * Those that failed, but for what the request itself was to blame.
   * @example 3
   */
  errorCount: number;

  /**
   * Ids of the models it lists, as far as they are known.
   * @example ['claude-sonnet-4.5', 'claude-haiku-4.5']
   */
  models: string[];

  /**
   * Counts changes of settings and credentials; the `ETag`.
   * @example 4
   */
  revision: number;

  /** @example '2026-11-01T09:00:00.000Z' */
  createdAt: string;

  /** @example '2026-11-20T12:00:00.000Z' */
  updatedAt: string;
}

/** A page of accounts, the oldest first. */
export class AccountPageDto {
  data: AccountDto[];

  /**
   * `cursor` of the next page; null after the last one.
   * @example 'MTc5NTE5NzYwMDAwMC4zZjFjOWE1Mi02ZjBlLTRkNWItOWI1Ny0wYzFmN2EyZDhlNDQ'
   */
  nextCursor: string | null;
}
