import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountViews } from '../admin/account-views.service.js';
import { AccountProbes } from './account-probes.service.js';
import type { AccountProbesDto, ProbedAccountDto } from './dto/probe.dto.js';

/** Probes that an administrator asks for. They run to their end, whoever hangs up. */
@Injectable()
export class ProbeRequests {
  constructor(
    private readonly probes: AccountProbes,
    private readonly views: AccountViews,
    private readonly directory: AccountDirectory,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Whatever the account's status: this is how a suspended one is tested again.
   * @throws GatewayError `not_found`
   */
  async probe(id: string, actor: Actor): Promise<ProbedAccountDto> {
    const account = this.directory.find(id) ?? (await this.views.find(id));
    const probe = await this.probes.probe(account);
    const { ok, model, error } = probe;
    await this.audit.record({ actor, action: 'account.probe', target: id, details: { ok, model, error } });
    return { ...(await this.views.of(id)), probe };
  }

  /** Every account that is enabled. */
  async probeAll(actor: Actor): Promise<AccountProbesDto> {
    const results = await this.probes.probeAll();
    const answered = results.filter(({ ok }) => ok).length;
    await this.audit.record({ actor, action: 'account.probe', details: { accounts: results.length, answered } });
    const data = results.flatMap(({ id, ok, error, latencyMs }) => {
      const account = this.directory.find(id);
      if (!account) return []; // deleted meanwhile
      return [{ id, ok, status: this.views.statusOf(account).status, ...(error && { error }), latencyMs }];
    });
    return { data };
  }
}
