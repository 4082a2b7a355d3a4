import { randomUUID } from 'node:crypto';
import { newRefreshToken, type SimulatedAccount } from '../account.js';
import type { Accounts } from '../accounts.js';
import { DeviceSignIn } from './device-sign-in.js';
import { invalidRequest, SignInError } from './sign-in-error.js';

export interface TokenAnswer {
  accessToken: string;
  tokenType: 'Bearer';
  expiresIn: number;
  refreshToken?: string;
}

interface Client {
  secret: string;
  /** Epoch seconds. */
  expiresAt: number;
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const clientLifetimeSeconds = 90 * 24 * 3600;
const clientLimit = 10_000;

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
    return this.devices.start({ ...client, startUrl: requireText(body, 'startUrl') }, origin);
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
    account.renewals += 1;
    if (!account.rotate) {
      return this.#tokens(account);
    }
    account.refreshToken = newRefreshToken();
    return { ...this.#tokens(account), refreshToken: account.refreshToken };
  }

  #signInDevice(clientId: string, deviceCode: string): TokenAnswer {
    const { clientSecret, startUrl, accountOptions } = this.devices.redeem(clientId, deviceCode);
    const kind = startUrl.startsWith('https://view.awsapps.com/start') ? 'builder-id' : 'identity-center';
    const account = this.accounts.add({ kind, ...accountOptions, clientId, clientSecret });
    return { ...this.#tokens(account), refreshToken: account.refreshToken };
  }

  #tokens(account: SimulatedAccount): TokenAnswer {
    const accessToken = account.issueAccessToken();
    return { accessToken, tokenType: 'Bearer', expiresIn: this.accounts.tokenLifetimeSeconds };
  }
}

function requireText(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') {
    throw invalidRequest(`Missing or invalid parameter: ${key}`);
  }
  return value;
}
