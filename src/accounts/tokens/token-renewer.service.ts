import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { StateStore } from '../../platform/state/state-store.js';
import { renewToken } from '../../upstreams/amazon-q/renew-token.js';
import type { RenewedToken } from '../../upstreams/amazon-q/surface.js';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import { UpstreamHttp } from '../../upstreams/upstream-http.js';
import type { Account } from '../account.js';
import { AccountRepository, type StoredAccount } from '../account.repository.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { RenewableSecrets } from '../account-secrets.js';
import { surfaceOf } from '../surface-of.js';
import { type HeldToken, holdForEver, holdToken } from './held-token.js';
import { renewalFailed, signInNeeded } from './renewal-errors.js';

/** Longer than every attempt together; a waiting replica gives up after one renewal's time and uses another account. */
const LOCK = { holdMs: 60_000, waitMs: 20_000 };
/** Each further attempt needs somebody else's write in between. */
const MAX_ATTEMPTS = 3;

interface UnstoredToken {
  usedRefreshToken: string;
  renewed: RenewedToken;
}

/** Renews one account's token: one replica at a time, and stored before anybody gets it. */
@Injectable()
export class TokenRenewer {
  /** Renewals whose storing failed: asking again with the old refresh token would find it used up. */
  private readonly unstored = new Map<string, UnstoredToken>();

  constructor(
    private readonly repository: AccountRepository,
    private readonly directory: AccountDirectory,
    private readonly stateStore: StateStore,
    private readonly http: UpstreamHttp,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * The stored token while it can be used, else a renewed one.
   * @param refused a token that upstream did not take
   * @throws GatewayError
   */
  async load(id: string, refused: string | undefined): Promise<HeldToken> {
    const held = this.storedToken(await this.read(id), refused);
    return held && this.clock.now() < held.uselessAt ? held : this.renew(id, refused);
  }

  /**
   * A token that need not be renewed soon: somebody else's renewal, or an own one.
   * @throws GatewayError
   */
  async renew(id: string, refused: string | undefined): Promise<HeldToken> {
    try {
      return await this.stateStore.withLock(`token-renewal:${id}`, LOCK, () => this.renewLocked(id, refused));
    } catch (error) {
      throw error instanceof GatewayError ? error : renewalFailed(error);
    }
  }

  private async renewLocked(id: string, refused: string | undefined): Promise<HeldToken> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await this.read(id);
      const held = this.storedToken(stored, refused);
      if (held && this.clock.now() < held.renewAt) return held;
      const renewed = await this.renewOnce(stored);
      if (renewed) return renewed;
    }
    throw renewalFailed(new Error(`The credentials of ${id} changed during each of ${MAX_ATTEMPTS} renewals`));
  }

  /** Undefined: somebody wrote to the account's secrets meanwhile, so it is worth looking again. */
  private async renewOnce(stored: StoredAccount): Promise<HeldToken | undefined> {
    const { account, secrets, version } = stored;
    if (secrets.kind === 'api_key') throw signInNeeded('The key of the account was refused');
    try {
      const renewed = await this.askForToken(account, secrets);
      const now = this.clock.now();
      const { accessToken, expiresAt, refreshToken = secrets.refreshToken } = renewed;
      const token = { secrets: { ...secrets, accessToken, refreshToken }, tokenExpiresAt: expiresAt };
      // Contract §8: a rotated refresh token is stored before the new access token is used.
      if (!(await this.repository.storeToken(account.id, version, token, new Date(now)))) return undefined;
      this.unstored.delete(account.id);
      this.directory.wrote(account.id, { tokenExpiresAt: expiresAt, lastRefreshAt: new Date(now) });
      return this.hold(accessToken, expiresAt, now);
    } catch (error) {
      if (!(error instanceof TokenRenewalError && error.permanent)) throw error;
      // Two renewals at once, or a sign-in elsewhere: the row has other credentials by now (amazon-q.md §9.3).
      const now = new Date(this.clock.now());
      if (!(await this.repository.markNeedsLogin(account.id, version, error.message, now))) return undefined;
      this.directory.wrote(account.id, { status: 'needs_login', statusReason: error.message, statusSince: now });
      throw signInNeeded(error.message, error);
    }
  }

  private async askForToken(account: Account, secrets: RenewableSecrets): Promise<RenewedToken> {
    if (secrets.kind === 'social') throw renewalFailed(new Error('Social sign-ins are not renewed yet'));
    const unstored = this.unstored.get(account.id);
    if (unstored?.usedRefreshToken === secrets.refreshToken) return unstored.renewed;
    const surface = surfaceOf(account, this.configuration.settings);
    const renewed = await renewToken(surface, secrets, this.http.dispatcher, this.clock.now());
    this.unstored.set(account.id, { usedRefreshToken: secrets.refreshToken, renewed });
    return renewed;
  }

  private async read(id: string): Promise<StoredAccount> {
    const stored = await this.repository.findWithSecrets(id).catch((error: unknown) => {
      throw renewalFailed(error);
    });
    if (!stored) throw renewalFailed(new Error(`There is no account ${id} any more`));
    return stored;
  }

  private storedToken({ account, secrets }: StoredAccount, refused: string | undefined): HeldToken | undefined {
    const { tokenExpiresAt, lastRefreshAt } = account;
    if (secrets.kind === 'api_key') return secrets.apiKey === refused ? undefined : holdForEver(secrets.apiKey);
    if (!secrets.accessToken || !tokenExpiresAt || secrets.accessToken === refused) return undefined;
    return this.hold(secrets.accessToken, tokenExpiresAt, lastRefreshAt?.getTime());
  }

  private hold(token: string, expiresAt: Date, obtainedAt: number | undefined): HeldToken {
    const aheadMs = this.configuration.settings.TOKEN_REFRESH_AHEAD * 1000;
    return holdToken(token, expiresAt.getTime(), obtainedAt, aheadMs);
  }
}
