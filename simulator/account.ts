import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { ErrorAnswer } from './answer.js';
import { defaultModels, type SimulatedModel } from './model-list.js';
import type { AccessTokens } from './sign-in/access-tokens.js';

/** Requests of the month. Each accepted GenerateAssistantResponse counts one. */
export interface SimulatedQuota {
  used: number;
  limit: number;
  /** Epoch seconds. */
  nextDateReset: number;
  /** The form in which a spent quota is refused: sheet §6.3, §11.4. */
  status: 400 | 402 | 429;
}

/** What the token endpoint answers to a renewal instead of a token, until it is taken away (sheet §9.2). */
export type RefreshFailure =
  | { kind?: 'error'; status?: number; error: string; description?: string; retryAfter?: number }
  | { kind: 'reset' }
  | { kind: 'silence' };

/** What ListAvailableProfiles tells of a profile that an organisation's account may use (sheet §8.3). */
export interface SimulatedProfile {
  arn: string;
  name: string;
}

/** Signed in with AWS, in one of two ways, or at Kiro with Google or GitHub: then there is no client. */
export type AccountKind = 'builder-id' | 'identity-center' | 'social';

/** What can be said about an account when it is added; everything has a default. */
export interface SimulatedAccountOptions {
  id: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  /** A token that is valid from the start; without one, the first renewal brings it. */
  accessToken: string;
  /** Decides on profiles, and who renews: sheet §8.3, §9.5. */
  kind: AccountKind;
  profileArn: string;
  /** All of an organisation's account; default: the one of `profileArn`, or of its own. */
  profiles: SimulatedProfile[];
  email: string;
  suspended: boolean;
  /** The gate of sheet §0; a string is the message to show. */
  featureGate: boolean | string;
  quota: Partial<SimulatedQuota>;
  models: SimulatedModel[];
  latencyMs: number;
  rotate: boolean;
  refreshFailure: RefreshFailure;
  refreshLatencyMs: number;
  refreshAnswerLatencyMs: number;
  ssoRegion: string;
  controlPlaneFailure: ErrorAnswer;
}

// Signatures of one account that are remembered, oldest forgotten first.
const signatureLimit = 10_000;

/** One sign-in the simulator knows. The fields without `readonly` are the script: change them at any time. */
export class SimulatedAccount {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly kind: AccountKind;
  /** The first of its profiles. */
  readonly profileArn: string | undefined;
  readonly profiles: readonly SimulatedProfile[];
  readonly email: string;
  /** The one refresh token that works now. */
  refreshToken: string;
  /** The newest access token, expired or not. */
  accessToken: string | undefined;
  /** Refused with 403 TEMPORARILY_SUSPENDED. */
  suspended: boolean;
  /** Refused with 403 FEATURE_NOT_SUPPORTED. */
  featureGate: boolean | string;
  quota: SimulatedQuota;
  models: SimulatedModel[];
  /** Time before each answer of the API, in milliseconds. */
  latencyMs: number;
  /** Each renewal brings a new refresh token and kills the old one; `false`: it brings none and the old one lives on. */
  rotate: boolean;
  refreshFailure: RefreshFailure | undefined;
  /** Time before a renewal is decided on. */
  refreshLatencyMs: number;
  /** Time between a renewal, which uses the refresh token up, and its answer. */
  refreshAnswerLatencyMs: number;
  /** The one region whose token endpoint knows its sign-in, where the host names one; undefined: any. */
  ssoRegion: string | undefined;
  /** What the control plane answers to this account instead. */
  controlPlaneFailure: ErrorAnswer | undefined;
  /** Successful renewals. */
  renewals = 0;
  readonly #tokens: AccessTokens<SimulatedAccount>;
  readonly #signatures = new Set<string>();

  constructor(options: Partial<SimulatedAccountOptions>, tokens: AccessTokens<SimulatedAccount>, now: number) {
    this.id = options.id ?? `account-${randomUUID().slice(0, 8)}`;
    this.clientId = options.clientId ?? `client-${randomUUID()}`;
    this.clientSecret = options.clientSecret ?? `secret-${randomUUID()}`;
    this.kind = options.kind ?? (options.profileArn === undefined ? 'builder-id' : 'identity-center');
    this.refreshToken = options.refreshToken ?? newRefreshToken(this.kind);
    this.profiles = options.profiles ?? this.#defaultProfiles(options.profileArn);
    this.profileArn = this.profiles[0]?.arn;
    this.email = options.email ?? `${this.id}@example.com`;
    this.suspended = options.suspended ?? false;
    this.featureGate = options.featureGate ?? false;
    this.quota = { used: 0, limit: 10_000_000, nextDateReset: nextMonth(now), status: 429, ...options.quota };
    this.models = options.models ?? defaultModels();
    this.latencyMs = options.latencyMs ?? 0;
    this.rotate = options.rotate ?? true;
    this.refreshFailure = options.refreshFailure;
    this.refreshLatencyMs = options.refreshLatencyMs ?? 0;
    this.refreshAnswerLatencyMs = options.refreshAnswerLatencyMs ?? 0;
    this.ssoRegion = options.ssoRegion;
    this.controlPlaneFailure = options.controlPlaneFailure;
    this.#tokens = tokens;
    if (options.accessToken !== undefined) {
      this.accessToken = tokens.issue(this, options.accessToken);
    }
  }

  #defaultProfiles(arn: string | undefined): SimulatedProfile[] {
    if (arn === undefined && this.kind === 'builder-id') {
      return [];
    }
    return [{ arn: arn ?? newProfileArn(), name: `profile-of-${this.id}` }];
  }

  /** A new access token, as the token endpoint would give it. */
  issueAccessToken(): string {
    this.accessToken = this.#tokens.issue(this);
    return this.accessToken;
  }

  /** One renewal: a new access token and, where the account rotates, a new refresh token that kills the old one. */
  renew(): { accessToken: string; refreshToken?: string } {
    this.renewals += 1;
    if (!this.rotate) {
      return { accessToken: this.issueAccessToken() };
    }
    this.refreshToken = newRefreshToken(this.kind);
    return { accessToken: this.issueAccessToken(), refreshToken: this.refreshToken };
  }

  /** Every access token of this account is refused from now on. */
  expireTokens(): void {
    this.#tokens.expire(this);
  }

  /** Remembers a signature, or redacted thinking, that was given out, so that it is accepted in history (sheet §2.9). */
  rememberSignature(signature: string): void {
    this.#signatures.add(signature);
    if (this.#signatures.size > signatureLimit) {
      for (const oldest of this.#signatures) {
        this.#signatures.delete(oldest);
        break;
      }
    }
  }

  gave(signature: string): boolean {
    return this.#signatures.has(signature);
  }
}

/** Those of Kiro's own sign-in are told by their beginning and their length (sheet §9.5). */
function newRefreshToken(kind: AccountKind): string {
  return kind === 'social'
    ? `aorAAAAAG${randomBytes(96).toString('base64url')}`
    : `aorSIMULATED${randomBytes(48).toString('base64url')}`;
}

function newProfileArn(): string {
  const owner = String(randomInt(1e11, 1e12 - 1));
  const name = randomBytes(6).toString('hex').toUpperCase();
  return `arn:aws:codewhisperer:us-east-1:${owner}:profile/${name}`;
}

function nextMonth(now: number): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1) / 1000;
}
