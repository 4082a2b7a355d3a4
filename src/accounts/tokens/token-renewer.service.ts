import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import type { Account } from '../account.js';
import type { StoredAccount } from '../account.repository.js';
import type { RenewableSecrets } from '../account-secrets.js';
import { type HeldToken, holdForEver } from './held-token.js';
import { renewalFailed, signInNeeded } from './renewal-errors.js';
import { signInReason } from './sign-in-reason.js';
import { StoredTokens } from './stored-tokens.service.js';
import { type Renewal, TokenEndpoints } from './token-endpoints.service.js';
import { TokenTimes } from './token-times.service.js';

/**
 * Longer than one attempt, which asks the token endpoint twice at most; an account whose replica was killed in the
 * middle of one waits so long. Another replica gives up waiting earlier and uses another account.
 */
const LOCK = { holdMs: 35_000, waitMs: 20_000 };
/** Each further attempt needs somebody else's write in between. */
const MAX_ATTEMPTS = 3;

/** What a stored token must be for the renewal to be needless. */
export interface WantedToken {
  /** Another one than this, which upstream did not take. */
  not?: string;
  /** Obtained since then, epoch milliseconds. */
  since?: number;
}

interface UnstoredToken {
  usedRefreshToken: string;
  renewal: Renewal;
}

/** Renews one account's token: one replica at a time, and stored before anybody gets it. */
@Injectable()
export class TokenRenewer {
  /** Renewals whose storing failed: asking again with the old refresh token would find it used up. */
  private readonly kept = new Map<string, UnstoredToken>();

  constructor(
    private readonly tokens: StoredTokens,
    private readonly endpoints: TokenEndpoints,
    private readonly times: TokenTimes,
    private readonly stateStore: StateStore,
    private readonly clock: Clock,
  ) {}

  /**
   * The stored token while it can be used.
   * @throws GatewayError
   */
  async stored(id: string, wanted: WantedToken): Promise<HeldToken | undefined> {
    const held = this.wantedToken(await this.tokens.read(id), wanted);
    return held && this.clock.now() < held.uselessAt ? held : undefined;
  }

  /**
   * A token that need not be renewed soon: somebody else's renewal, or an own one.
   * @throws GatewayError
   */
  async renew(id: string, wanted: WantedToken): Promise<HeldToken> {
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const held = await this.locked(id, () => this.renewLocked(id, wanted));
        if (held) return held;
      }
      throw new Error(`The credentials of ${id} changed during each of ${MAX_ATTEMPTS} renewals`);
    } catch (error) {
      throw error instanceof GatewayError ? error : renewalFailed(error);
    }
  }

  /** Accounts with a renewal that is not stored yet. */
  get unstored(): string[] {
    return [...this.kept.keys()];
  }

  /**
   * Stores a renewal whose storing failed, unless somebody replaced the credentials since.
   * @throws when it still can't be stored
   */
  async storeAgain(id: string): Promise<void> {
    await this.locked(id, async () => {
      const kept = this.kept.get(id);
      if (!kept) return;
      const stored = await this.tokens.read(id);
      const { secrets } = stored;
      const isCurrent = secrets.kind !== 'api_key' && secrets.refreshToken === kept.usedRefreshToken;
      if (!isCurrent || (await this.tokens.replace(stored, secrets, kept.renewal))) this.kept.delete(id);
    });
  }

  /** What is kept of accounts that are gone goes too. */
  forgetOthers(accounts: ReadonlyMap<string, Account>): void {
    for (const id of this.kept.keys()) if (!accounts.has(id)) this.kept.delete(id);
  }

  private locked<Result>(id: string, task: () => Promise<Result>): Promise<Result> {
    return this.stateStore.withLock(`token-renewal:${id}`, LOCK, task);
  }

  /** Undefined: somebody wrote to the account's secrets or status meanwhile, so it is worth looking again. */
  private async renewLocked(id: string, wanted: WantedToken): Promise<HeldToken | undefined> {
    const stored = await this.tokens.read(id);
    const held = this.wantedToken(stored, wanted);
    if (held && this.clock.now() < held.renewAt) return held;
    const { account, secrets } = stored;
    if (secrets.kind === 'api_key') throw signInNeeded('The key of the account was refused');
    try {
      const renewal = await this.ask(account, secrets);
      const lastRefreshAt = await this.tokens.replace(stored, secrets, renewal);
      if (!lastRefreshAt) return undefined;
      this.kept.delete(id);
      const renewed = this.times.hold(renewal.accessToken, renewal.expiresAt, { id, lastRefreshAt });
      // One that waited long to be stored may have ended meanwhile.
      return this.clock.now() < renewed.uselessAt ? renewed : undefined;
    } catch (error) {
      if (!(error instanceof TokenRenewalError && error.permanent)) throw error;
      const reason = signInReason(error, account.registrationExpiresAt, this.clock.now());
      if (await this.tokens.giveUp(stored, reason)) throw signInNeeded(reason, error);
      return undefined;
    }
  }

  private async ask(account: Account, secrets: RenewableSecrets): Promise<Renewal> {
    const kept = this.kept.get(account.id);
    if (kept?.usedRefreshToken === secrets.refreshToken) return kept.renewal;
    const renewal = await this.endpoints.renew(account, secrets);
    this.kept.set(account.id, { usedRefreshToken: secrets.refreshToken, renewal });
    return renewal;
  }

  private wantedToken({ account, secrets }: StoredAccount, { not, since }: WantedToken): HeldToken | undefined {
    if (secrets.kind === 'api_key') return secrets.apiKey === not ? undefined : holdForEver(secrets.apiKey);
    const { tokenExpiresAt, lastRefreshAt } = account;
    if (!secrets.accessToken || !tokenExpiresAt || secrets.accessToken === not) return undefined;
    if (since !== undefined && !(lastRefreshAt && lastRefreshAt.getTime() >= since)) return undefined;
    return this.times.hold(secrets.accessToken, tokenExpiresAt, account);
  }
}
