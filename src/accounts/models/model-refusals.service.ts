import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';

/** A plan changes, a list is put right: then the account is asked for the model again. */
const REMEMBERED_MS = 300_000;
/** Names may come from clients; over this many of them nothing more is remembered of an account. */
const MOST_MODELS = 1_000;

interface Refusals {
  /** Of the account: with other settings or credentials it may know the model. */
  revision: number;
  /** Model id → until when, epoch milliseconds. */
  models: Map<string, number>;
}

/**
 * Models that an account said it does not know, though it lists them or has no list: it is not asked for them again and
 * again, for a failed attempt each time.
 */
@Injectable()
export class ModelRefusals {
  private readonly accounts = new Map<string, Refusals>();
  private changes = 0;

  constructor(
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => this.clean(accounts));
  }

  /** Another number after each change. */
  get version(): number {
    return this.changes;
  }

  note(accountId: string, modelId: string): void {
    const account = this.directory.find(accountId);
    if (!account) return;
    const { models } = this.of(account);
    if (models.size >= MOST_MODELS) return;
    models.set(modelId, this.clock.now() + REMEMBERED_MS);
    this.changes++;
  }

  has(accountId: string, modelId: string): boolean {
    const until = this.accounts.get(accountId)?.models.get(modelId);
    return until !== undefined && until > this.clock.now();
  }

  private of({ id, revision }: Account): Refusals {
    const known = this.accounts.get(id);
    if (known?.revision === revision) return known;
    const refusals = { revision, models: new Map<string, number>() };
    this.accounts.set(id, refusals);
    return refusals;
  }

  private clean(accounts: ReadonlyMap<string, Account>): void {
    const now = this.clock.now();
    for (const [id, { revision, models }] of this.accounts) {
      const isOld = accounts.get(id)?.revision !== revision;
      for (const [model, until] of models) {
        if (!isOld && until > now) continue;
        models.delete(model);
        this.changes++;
      }
      if (models.size === 0) this.accounts.delete(id);
    }
  }
}
