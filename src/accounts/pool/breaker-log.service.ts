import { Injectable, Logger } from '@nestjs/common';
import type { BreakerState } from '../../core/pool/breaker.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { AuditTrail } from '../audit-trail.service.js';
import { AccountEvents } from '../events/account-events.service.js';

/** A breaker that changed, by what this process saw or was told. */
export interface BreakerTransition {
  from: BreakerState;
  to: BreakerState;
  /** In a row. */
  failures: number;
  /** Epoch milliseconds; where it is not closed. */
  openUntil?: number;
  /** The failure class that opened it, or `success`, `operator`, `settings`; undefined for a trial. */
  reason?: string;
}

/** Tells operators of each change of a breaker: one log line, one audit row, one event, one count. */
@Injectable()
export class BreakerLog {
  private readonly logger = new Logger('Breakers');

  constructor(
    private readonly trail: AuditTrail,
    private readonly events: AccountEvents,
    private readonly metrics: Metrics,
  ) {}

  /** Not waited for, never throws. */
  changed(account: string, { from, to, failures, openUntil, reason }: BreakerTransition): void {
    const shown = { from, to, failures, openUntil: openUntil === undefined ? null : new Date(openUntil).toISOString() };
    const line = { msg: `Account ${account}: breaker ${from} → ${to}`, account, ...shown, reason };
    if (to === 'open') {
      this.metrics.breakerOpened(account);
      this.logger.warn(line);
    } else this.logger.log(line);
    this.trail.note(account, 'account.breaker', { ...shown, reason });
    this.events.publish({ type: 'account.breaker', accountId: account, ...shown, reason: reason ?? null });
  }
}
