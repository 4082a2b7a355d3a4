import { Injectable } from '@nestjs/common';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountEvents } from './account-events.service.js';

/**
 * Sees which accounts came, changed or went, whoever did it: an administrator, a sign-in, an import, a command, another
 * replica. Each replica tells its own listeners.
 */
@Injectable()
export class AccountWatch {
  /** By id. */
  private revisions?: ReadonlyMap<string, number>;

  constructor(
    private readonly events: AccountEvents,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => this.compare(accounts));
  }

  private compare(accounts: ReadonlyMap<string, Account>): void {
    const before = this.revisions;
    this.revisions = new Map(Array.from(accounts.values(), ({ id, revision }) => [id, revision]));
    // At the start everything is new.
    if (!before) return;
    for (const [accountId, revision] of this.revisions) {
      const known = before.get(accountId);
      if (known === undefined) this.events.tellHere({ type: 'account.create', accountId });
      else if (known !== revision) this.events.tellHere({ type: 'account.update', accountId });
    }
    for (const accountId of before.keys()) {
      if (!accounts.has(accountId)) this.events.tellHere({ type: 'account.delete', accountId });
    }
  }
}
