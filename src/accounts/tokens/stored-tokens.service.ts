import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account, AccountStatus } from '../account.js';
import { AccountRepository, type StoredAccount } from '../account.repository.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { RenewableSecrets } from '../account-secrets.js';
import { StatusLog } from '../status-log.service.js';
import { renewalFailed } from './renewal-errors.js';
import type { Renewal } from './token-endpoints.service.js';

/** Each further attempt needs somebody else's change of the status in between. */
const MAX_ATTEMPTS = 3;
/** Only these end by the end of a sign-in: an account that is out already keeps its reason. */
const SIGNED_IN: readonly AccountStatus[] = ['active', 'refreshing', 'quota_exhausted'];

/** What the database holds of an account's sign-in: read, replaced by a renewal, or given up. */
@Injectable()
export class StoredTokens {
  constructor(
    private readonly repository: AccountRepository,
    private readonly directory: AccountDirectory,
    private readonly statusLog: StatusLog,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError when it can't be read, or is gone */
  async read(id: string): Promise<StoredAccount> {
    const stored = await this.repository.findWithSecrets(id).catch((error: unknown) => {
      throw renewalFailed(error);
    });
    if (!stored) throw renewalFailed(new Error(`There is no account ${id} any more`));
    return stored;
  }

  /**
   * Stores a renewed token before anybody gets it (contract §8).
   * @returns when it was stored; undefined, and nothing is written, when somebody replaced the secrets, or changed the
   *   status, since they were read
   */
  async replace({ account, version }: StoredAccount, used: RenewableSecrets, renewal: Renewal) {
    const { accessToken, expiresAt: tokenExpiresAt, refreshToken = used.refreshToken } = renewal;
    const corrected = correctionOf(account, renewal);
    const secrets = { ...used, accessToken, refreshToken };
    const now = new Date(this.clock.now());
    const token = { secrets, tokenExpiresAt, ...(corrected && { corrected }) };
    if (!(await this.repository.storeToken(account.id, version, account.status, token, now))) return undefined;
    const fields = { tokenExpiresAt, lastRefreshAt: now };
    if (account.status === 'needs_login') {
      const active = { status: 'active', statusReason: undefined, statusSince: now } as const;
      this.directory.wrote(account.id, { ...fields, ...corrected, ...active });
      this.statusLog.changed(account.id, { from: 'needs_login', to: 'active' });
    } else if (corrected) this.directory.wrote(account.id, { ...fields, ...corrected });
    else this.directory.noted(account.id, fields);
    return now;
  }

  /**
   * Only a new sign-in helps, unless somebody replaced the secrets since they were read: two renewals at once, or a
   * sign-in elsewhere (amazon-q.md §9.3).
   * @returns false when they were
   */
  async giveUp({ account: { id, status }, version }: StoredAccount, reason: string): Promise<boolean> {
    let from = status;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (SIGNED_IN.includes(from) && (await this.markNeedsLogin(id, version, from, reason))) return true;
      const current = await this.read(id);
      if (current.version !== version) return false;
      if (!SIGNED_IN.includes(current.account.status)) return true;
      from = current.account.status;
    }
    return true;
  }

  private async markNeedsLogin(id: string, version: string, from: AccountStatus, reason: string): Promise<boolean> {
    const now = new Date(this.clock.now());
    if (!(await this.repository.markNeedsLogin(id, version, from, reason, now))) return false;
    this.directory.wrote(id, {
      status: 'needs_login',
      statusReason: reason,
      statusSince: now,
      statusUntil: undefined,
    });
    this.statusLog.changed(id, { from, to: 'needs_login', reason });
    return true;
  }
}

function correctionOf(account: Account, { profileArn, ssoRegion }: Renewal) {
  const isOtherProfile = profileArn !== undefined && profileArn !== account.profileArn;
  const isOtherRegion = ssoRegion !== undefined && ssoRegion !== account.ssoRegion;
  if (!isOtherProfile && !isOtherRegion) return undefined;
  return { ...(isOtherProfile && { profileArn }), ...(isOtherRegion && { ssoRegion }) };
}
