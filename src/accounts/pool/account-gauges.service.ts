import { Injectable } from '@nestjs/common';
import { outageOf } from '../../core/pool/availability.js';
import type { AccountStanding } from '../../metrics/instruments/account-instruments.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { ACCOUNT_STATUSES } from '../account.js';
import { shownStatus } from '../shown-status.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { Roster } from './roster.service.js';

/** Where accounts stand, for whoever reads the metrics: looked at then, as time alone changes it too. */
@Injectable()
export class AccountGauges {
  constructor(
    private readonly roster: Roster,
    private readonly tokens: TokenKeeper,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.readStandings({ statuses: ACCOUNT_STATUSES, read: () => this.standings() });
  }

  private *standings(): Iterable<AccountStanding> {
    const now = this.clock.now();
    for (const member of this.roster.all()) {
      const { id, account, breaker } = member;
      yield {
        accountId: id,
        status: shownStatus(account, now, this.tokens.isRenewing(id)).status,
        isAvailable: outageOf(member, now) === undefined,
        breaker: breaker.shownState(now),
      };
    }
  }
}
