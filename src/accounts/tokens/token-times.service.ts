import { Injectable } from '@nestjs/common';
import { Chance } from '../../platform/chance.js';
import { Configuration } from '../../platform/config/configuration.js';
import type { Account } from '../account.js';
import { type HeldToken, holdToken, spreadOf, timesOf } from './held-token.js';
import { renewalShare } from './renewal-share.js';

type TokenFacts = Pick<Account, 'id' | 'lastRefreshAt'>;

/** When each account's token is renewed; the same answer for whoever asks. */
@Injectable()
export class TokenTimes {
  private readonly aheadMs: number;
  private readonly seed: number;

  constructor({ settings }: Configuration, chance: Chance) {
    this.aheadMs = settings.TOKEN_REFRESH_AHEAD * 1000;
    this.seed = chance.next();
  }

  hold(token: string, expiresAt: Date, account: TokenFacts): HeldToken {
    const life = { expiresAt: expiresAt.getTime(), obtainedAt: account.lastRefreshAt?.getTime() };
    return holdToken(token, life, this.aheadMs, this.shareOf(account.id, life.expiresAt));
  }

  /** Whether its token is to be renewed by now, or there is none. */
  isDue({ id, tokenExpiresAt, lastRefreshAt }: Account, now: number): boolean {
    if (!tokenExpiresAt) return true;
    const life = { expiresAt: tokenExpiresAt.getTime(), obtainedAt: lastRefreshAt?.getTime() };
    // Most are not even near: the share has its price.
    if (now < timesOf(life, this.aheadMs, 0).renewAt) return false;
    return now >= timesOf(life, this.aheadMs, this.shareOf(id, life.expiresAt)).renewAt;
  }

  /** Seconds over which the renewals of tokens that end together are spread. */
  get spread(): number {
    return spreadOf(this.aheadMs) / 1000;
  }

  private shareOf(id: string, expiresAt: number): number {
    return renewalShare(this.seed, id, expiresAt);
  }
}
