import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { invalidInput } from '../../auth/input-validation.pipe.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import type { Account } from '../account.js';
import { AccountRepository } from '../account.repository.js';
import { StatusLog } from '../status-log.service.js';
import {
  type AccountInput,
  changesOf,
  credentialProblems,
  credentialsIn,
  endpointProblems,
  type SettingsChange,
  settingsIn,
} from './account-input.js';
import { AccountViews, accountNotFound } from './account-views.service.js';
import { AccountWrites } from './account-writes.service.js';
import { changedSinceRead, isConditional, matchesRevision } from './if-match.js';
import { foreignFields } from './provider-fields.js';

/** Who changes an account, and what they know of it. */
export interface Edit {
  actor: Actor;
  /** In the audit log; such as `account.update`. */
  action: string;
  /** The `If-Match` of the request. */
  ifMatch?: string;
}

/** Changes and deletes accounts as an administrator says. */
@Injectable()
export class AccountEditor {
  constructor(
    private readonly repository: AccountRepository,
    private readonly views: AccountViews,
    private readonly writes: AccountWrites,
    private readonly statusLog: StatusLog,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /**
   * What is as wanted already is no change: nothing is written then.
   * @throws GatewayError `precondition_failed` when it is not at the revision that `ifMatch` names
   */
  async update(id: string, input: AccountInput, edit: Edit): Promise<void> {
    const account = await this.findUnchanged(id, edit.ifMatch);
    this.refuseProblems(input, account);
    const changes = changesOf(account, settingsIn(input));
    const credentials = credentialsIn(input);
    const settings: SettingsChange = Object.fromEntries(Object.entries(changes).map(([name, { to }]) => [name, to]));
    if (Object.keys(changes).length === 0 && !credentials) return;
    const ifRevision = isConditional(edit.ifMatch) ? account.revision : undefined;
    const now = new Date(this.clock.now());
    const isWritten = await this.repository.change(id, { settings, credentials }, now, ifRevision);
    if (!isWritten) throw ifRevision === undefined ? accountNotFound(id) : changedSinceRead(id);
    if (settings.enabled != null) this.logStatus(account, settings.enabled);
    const details = { ...changes, ...(credentials && { credentials: 'replaced' }) };
    await this.writes.done({ actor: edit.actor, action: edit.action, target: id, details });
  }

  /** @throws GatewayError `precondition_failed` when it is not at the revision that `ifMatch` names */
  async delete(id: string, { actor, action, ifMatch }: Edit): Promise<void> {
    const account = await this.findUnchanged(id, ifMatch);
    const ifRevision = isConditional(ifMatch) ? account.revision : undefined;
    const isDeleted = await this.repository.delete(id, ifRevision);
    if (!isDeleted) throw ifRevision === undefined ? accountNotFound(id) : changedSinceRead(id);
    const { label, provider } = account;
    await this.writes.done({ actor, action, target: id, details: { label, provider } });
  }

  private async findUnchanged(id: string, ifMatch: string | undefined): Promise<Account> {
    const account = await this.views.find(id);
    if (!matchesRevision(ifMatch, account.revision)) throw changedSinceRead(id);
    return account;
  }

  private refuseProblems(input: AccountInput, { provider }: Account): void {
    const { ALLOW_PRIVATE_ENDPOINTS } = this.configuration.settings;
    const foreign = foreignFields(input, provider);
    const named = new Set(foreign.map(({ path }) => path));
    const problems = [...credentialProblems(input), ...endpointProblems(input, ALLOW_PRIVATE_ENDPOINTS)];
    const all = [...foreign, ...problems.filter(({ path }) => !named.has(path))];
    if (all.length > 0) throw invalidInput(all);
  }

  /** The status it is shown with changes with `enabled`, whatever is stored. */
  private logStatus(account: Account, enabled: boolean): void {
    const { status: from } = this.views.statusOf(account);
    const { status: to, reason } = this.views.statusOf({ ...account, enabled });
    if (from !== to) this.statusLog.changed(account.id, { from, to, reason });
  }
}
