import { randomUUID } from 'node:crypto';
import type { SimulatedAccount } from '../account.js';
import type { Accounts } from '../accounts.js';
import { DeviceSignIn } from './device-sign-in.js';
import { invalidRequest, SignInError } from './sign-in-error.js';

export interface TokenAnswer {
  accessToken: string;
  tokenType: 'Bearer';
  expiresIn: number;
  refreshToken?: string;
}

/** What Kiro's own token endpoint answers. */
export interface SocialTokenAnswer {
  accessToken: string;
  expiresIn: number;
  refreshToken?: string;
  profileArn?: string;
}

interface Client {
  secret: string;
  /** Epoch seconds. */
  expiresAt: number;
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const clientLifetimeSeconds = 90 * 24 * 3600;
const clientLimit = 10_000;
const startUrls = /^https:\/\/[a-z0-9-]+\.awsapps\.com\/start(\/?#?\/?)?$/;

/** AWS SSO OIDC: registration, device sign-in and renewal (sheet §9.1). */
export class SignIn {
  readonly devices: DeviceSignIn;
  readonly #clients = new Map<string, Client>();

  constructor(
    private readonly accounts: Accounts,
    private readonly now: () => number,
  ) {
    this.devices = new DeviceSignIn(now);
  }

  registerClient(body: Record<string, unknown>): object {
    requireText(body, 'clientName');
    if (body.clientType !== 'public') {
      throw new SignInError('invalid_client_metadata', 'clientType must be public');
    }
    if (this.#clients.size >= clientLimit) {
      throw new SignInError('slow_down', 'Too many registrations');
    }
    const issuedAt = Math.floor(this.now() / 1000);
    const clientId = `client-${randomUUID()}`;
    const client = { secret: `secret-${randomUUID()}`, expiresAt: issuedAt + clientLifetimeSeconds };
    this.#clients.set(clientId, client);
    return {
      clientId,
      clientSecret: client.secret,
      clientIdIssuedAt: issuedAt,
      clientSecretExpiresAt: client.expiresAt,
    };
  }

  startDevice(body: Record<string, unknown>, origin: string): object {
    const client = this.#authenticate(body);
    const startUrl = requireText(body, 'startUrl');
    if (!startUrls.test(startUrl)) {
      throw invalidRequest('Invalid start url provided');
    }
    return this.devices.start({ ...client, startUrl }, origin);
  }

  createToken(body: Record<string, unknown>): TokenAnswer {
    const grantType = requireText(body, 'grantType');
    if (grantType === 'refresh_token') {
      return this.#renew(this.#authenticate(body).clientId, requireText(body, 'refreshToken'));
    }
    if (grantType === deviceGrant) {
      return this.#signInDevice(this.#authenticate(body).clientId, requireText(body, 'deviceCode'));
    }
    throw new SignInError('unsupported_grant_type', `Grant type ${grantType} is not supported`);
  }

  /** RefreshToken of Kiro's own sign-in: no client, and the profile comes with the token (sheet §9.5). */
  renewSocial(body: Record<string, unknown>): SocialTokenAnswer {
    requireText(body, 'refreshToken');
    const account = this.socialAccountOf(body);
    if (!account) {
      throw new SignInError('invalid_grant', 'Invalid refresh token provided');
    }
    const { profileArn } = account;
    const expiresIn = this.accounts.tokenLifetimeSeconds;
    return { ...account.renew(), expiresIn, ...(profileArn === undefined ? {} : { profileArn }) };
  }

  socialAccountOf({ refreshToken }: Record<string, unknown>): SimulatedAccount | undefined {
    return typeof refreshToken === 'string' ? this.accounts.ofSocialToken(refreshToken) : undefined;
  }

  /** The account a renewal is about, where the body tells. */
  accountOf(body: Record<string, unknown>): SimulatedAccount | undefined {
    const owned = typeof body.clientId === 'string' ? this.accounts.ofClient(body.clientId) : [];
    return (
      owned.find((account) => account.refreshToken === body.refreshToken) ?? (owned.length === 1 ? owned[0] : undefined)
    );
  }

  #authenticate(body: Record<string, unknown>): { clientId: string; clientSecret: string } {
    const clientId = requireText(body, 'clientId');
    const clientSecret = requireText(body, 'clientSecret');
    const registered = this.#clients.get(clientId);
    if (registered && registered.expiresAt * 1000 <= this.now()) {
      throw new SignInError('invalid_client', 'Client registration has expired', 401);
    }
    const secret = registered?.secret ?? this.accounts.ofClient(clientId)[0]?.clientSecret;
    if (secret !== clientSecret) {
      throw new SignInError('invalid_client', 'Invalid client provided', 401);
    }
    return { clientId, clientSecret };
  }

  /** A refresh token works once where the account rotates; where it does not, none comes back (sheet §9.3). */
  #renew(clientId: string, refreshToken: string): TokenAnswer {
    const account = this.accounts.ofClient(clientId).find((candidate) => candidate.refreshToken === refreshToken);
    if (!account) {
      throw new SignInError('invalid_grant', 'Invalid refresh token provided');
    }
    return this.#answer(account.renew());
  }

  #signInDevice(clientId: string, deviceCode: string): TokenAnswer {
    const { clientSecret, startUrl, accountOptions } = this.devices.redeem(clientId, deviceCode);
    const kind = startUrl.startsWith('https://view.awsapps.com/start') ? 'builder-id' : 'identity-center';
    const account = this.accounts.add({ kind, ...accountOptions, clientId, clientSecret });
    return this.#answer({ accessToken: account.issueAccessToken(), refreshToken: account.refreshToken });
  }

  #answer(tokens: { accessToken: string; refreshToken?: string }): TokenAnswer {
    return { ...tokens, tokenType: 'Bearer', expiresIn: this.accounts.tokenLifetimeSeconds };
  }
}

function requireText(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') {
    throw invalidRequest(`Missing or invalid parameter: ${key}`);
  }
  return value;
}
