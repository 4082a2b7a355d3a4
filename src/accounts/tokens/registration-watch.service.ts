import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';

const DAY_MS = 24 * 3_600_000;
const WARNED_DAYS = 7;

/**
 * Client registrations end after about 90 days, and with them every renewal (amazon-q.md §9.3): operators are warned
 * once a day from a week before, and see the date as a metric.
 */
@Injectable()
export class RegistrationWatch {
  private readonly logger = new Logger('Tokens');
  private readonly warnedAt = new Map<string, number>();
  /** Accounts whose end is among the metrics. */
  private readonly shown = new Set<string>();

  constructor(
    directory: AccountDirectory,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => this.look(accounts));
  }

  private look(accounts: ReadonlyMap<string, Account>): void {
    for (const id of this.shown) {
      if (!accounts.get(id)?.registrationExpiresAt) this.forget(id);
    }
    for (const { id, enabled, registrationExpiresAt } of accounts.values()) {
      if (!registrationExpiresAt) continue;
      this.shown.add(id);
      this.metrics.clientRegistration(id, registrationExpiresAt);
      if (enabled) this.warn(id, registrationExpiresAt);
    }
  }

  private warn(id: string, expiresAt: Date): void {
    const now = this.clock.now();
    const warnedAt = this.warnedAt.get(id);
    if (expiresAt.getTime() - now > WARNED_DAYS * DAY_MS) return;
    if (warnedAt !== undefined && now - warnedAt < DAY_MS) return;
    this.warnedAt.set(id, now);
    const on = expiresAt.toISOString();
    const ends = expiresAt.getTime() > now ? `ends on ${on}: sign in again before` : `ended on ${on}: sign in again`;
    this.logger.warn({
      msg: `The client registration of account ${id} ${ends}, its token can't be renewed after that`,
      account: id,
      registrationExpiresAt: on,
    });
  }

  private forget(id: string): void {
    this.shown.delete(id);
    this.warnedAt.delete(id);
    this.metrics.clientRegistration(id, undefined);
  }
}
