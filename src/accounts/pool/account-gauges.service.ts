import { Injectable } from '@nestjs/common';
import { outageOf } from '../../core/pool/availability.js';
import { type AccountStanding, Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { Roster } from './roster.service.js';

/** Where accounts stand, for whoever reads the metrics: looked at then, as time alone changes it too. */
@Injectable()
export class AccountGauges {
  constructor(
    private readonly roster: Roster,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.readStandings(() => this.standings());
  }

  private *standings(): Iterable<AccountStanding> {
    const now = this.clock.now();
    for (const member of this.roster.all()) {
      const isAvailable = outageOf(member, now) === undefined;
      yield { accountId: member.id, isAvailable, breaker: member.breaker.shownState(now) };
    }
  }
}
