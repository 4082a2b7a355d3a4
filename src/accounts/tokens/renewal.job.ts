import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { TokenKeeper } from './token-keeper.service.js';
import { TokenTimes } from './token-times.service.js';

const EVERY_SECONDS = 1;

/**
 * Renews tokens before they end, used or not: of every account that is signed in, also while its quota is spent. At
 * most as many a second as it takes to come round once in the time ahead; tokens that ended while the service was down
 * come one after the other, too.
 */
@Injectable()
export class RenewalJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly times: TokenTimes,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.run(), EVERY_SECONDS * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Begins the renewals that are due now, those of tokens that end first before others. */
  run(): void {
    void this.tokens.storeUnstored();
    const now = this.clock.now();
    const accounts = Array.from(this.directory.list()).filter(isSignedIn);
    const due = accounts
      .filter((account) => this.times.isDue(account, now))
      .sort((one, other) => endOf(one) - endOf(other));
    let left = Math.ceil((accounts.length * EVERY_SECONDS) / this.times.spread);
    for (const { id } of due) {
      if (left === 0) return;
      if (this.tokens.renewAhead(id)) left--;
    }
  }
}

function endOf({ tokenExpiresAt }: Account): number {
  return tokenExpiresAt?.getTime() ?? 0;
}

function isSignedIn({ enabled, provider, status }: Account): boolean {
  if (!enabled || provider !== 'amazonq') return false;
  return status === 'active' || status === 'refreshing' || status === 'quota_exhausted';
}
