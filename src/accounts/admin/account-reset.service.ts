import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { StatusChanges } from '../health/status-changes.service.js';
import { Attempts } from '../pool/attempts.service.js';
import { Breakers } from '../pool/breakers.service.js';
import { Cooldowns } from '../pool/cooldowns.service.js';
import { AccountViews } from './account-views.service.js';
import { AccountWrites } from './account-writes.service.js';

/** An administrator's word that an account is good again. */
@Injectable()
export class AccountReset {
  constructor(
    private readonly views: AccountViews,
    private readonly writes: AccountWrites,
    private readonly statuses: StatusChanges,
    private readonly attempts: Attempts,
    private readonly breakers: Breakers,
    private readonly cooldowns: Cooldowns,
  ) {}

  /**
   * Forgets its errors, that requests are kept away from it, and that it is suspended, spent, closed or not signed in.
   * @throws GatewayError `not_found`
   */
  async reset(id: string, actor: Actor): Promise<void> {
    const { errorCount, status } = await this.views.find(id);
    const { state: breaker } = this.breakers.view(id);
    await this.writes.catchUp();
    await this.statuses.reset(id);
    this.breakers.reset(id);
    this.cooldowns.end(id);
    await this.attempts.clearErrors(id);
    await this.writes.done({ actor, action: 'account.reset', target: id, details: { errorCount, status, breaker } });
  }
}
