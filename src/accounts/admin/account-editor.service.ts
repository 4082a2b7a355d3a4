import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { isConditional, matchesRevision } from '../../auth/input/if-match.js';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountRepository } from '../account.repository.js';
import { foreignFields } from '../provider-fields.js';
import { shownChange } from '../shown-status.js';
import { StatusLog } from '../status-log.service.js';
import { AccountChecks } from './account-checks.service.js';
import { type AccountInput, changesOf, credentialsIn, type SettingsChange, settingsIn } from './account-input.js';
import { AccountViews, accountNotFound } from './account-views.service.js';
import { AccountWrites } from './account-writes.service.js';

const GIVEN = 'New credentials were given';

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
    private readonly checks: AccountChecks,
    private readonly writes: AccountWrites,
    private readonly statusLog: StatusLog,
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
    if (credentials) await this.checks.refuseTaken(credentials.secrets, input.baseUrl ?? account.baseUrl, id);
    const ifRevision = isConditional(edit.ifMatch) ? account.revision : undefined;
    const now = new Date(this.clock.now());
    const isWritten = await this.repository.change(id, { settings, credentials }, now, ifRevision);
    if (!isWritten) throw ifRevision === undefined ? accountNotFound(id) : changedSinceRead(id);
    const decision = { enabled: settings.enabled, hasNewCredentials: credentials !== undefined, reason: GIVEN };
    const change = shownChange(account, decision, now.getTime());
    if (change) this.statusLog.changed(id, change);
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
    const foreign = foreignFields(input, provider);
    const named = new Set(foreign.map(({ path }) => path));
    const all = [...foreign, ...this.checks.problemsOf(input).filter(({ path }) => !named.has(path))];
    if (all.length > 0) throw invalidInput(all);
  }
}

function changedSinceRead(id: string): GatewayError {
  return new GatewayError('precondition_failed', `Account ${id} was changed since it was read: read it again`);
}
