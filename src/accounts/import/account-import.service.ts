import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import type { AccountChange, NewAccount } from '../account.repository.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountMatches, type StoredForImport } from './account-matches.js';
import { ImportRepository } from './import.repository.js';
import type { ImportSource } from './import-entry.js';
import { ImportPlanner, lookupOf, newAccountOf, type RecognisableEntry } from './import-planner.service.js';
import type { ImportResult } from './import-run.js';
import { ImportRun } from './import-run.js';
import { ImportWriter } from './import-writer.service.js';
import { planChange } from './plan-change.js';

/** Accounts that are stored in one statement. */
const BATCH = 100;
/** Changes that are written at a time. */
const CHANGES_AT_ONCE = 8;

export interface ImportOptions {
  actor: Actor;
  /** Called at the start and after each batch. */
  onProgress?: (done: number, total: number) => void;
  /** The running batch is finished, and no other begun. */
  signal?: AbortSignal;
}

interface Addition {
  each: RecognisableEntry;
  account: NewAccount;
}

interface Alteration {
  each: RecognisableEntry;
  stored: StoredForImport;
  change: AccountChange;
}

/** Brings accounts in from files and lists: new ones are added, known ones changed, and a bad one spoils nothing. */
@Injectable()
export class AccountImport {
  constructor(
    private readonly planner: ImportPlanner,
    private readonly stored: ImportRepository,
    private readonly writer: ImportWriter,
    private readonly directory: AccountDirectory,
    private readonly audit: AuditLog,
  ) {}

  /** @throws GatewayError when there are too many entries; nothing is stored then */
  async run(sources: Iterable<ImportSource>, { actor, onProgress, signal }: ImportOptions): Promise<ImportResult> {
    const { accounts, errors } = this.planner.decode(sources);
    const entries = accounts.map((account) => this.planner.recognise(account));
    const run = new ImportRun(errors);
    onProgress?.(0, entries.length);
    try {
      const matches = new AccountMatches(await this.stored.find(lookupOf(entries)));
      for (let at = 0; at < entries.length && !signal?.aborted; at += BATCH) {
        await this.runBatch(entries.slice(at, at + BATCH), matches, run);
        await this.writeDown(run, actor);
        onProgress?.(Math.min(at + BATCH, entries.length), entries.length);
      }
    } finally {
      await this.writeDown(run, actor);
      await this.audit.record({ actor, action: 'account.import', details: run.summary(entries.length) });
    }
    const result = run.result();
    if (result.created > 0 || result.updated > 0) await this.directory.changed();
    return result;
  }

  private async writeDown(run: ImportRun, actor: Actor): Promise<void> {
    const events = run.takeChanges().map((change) => ({ actor, action: 'account.import', ...change }));
    await this.audit.recordAll(events);
  }

  private async runBatch(batch: readonly RecognisableEntry[], matches: AccountMatches, run: ImportRun): Promise<void> {
    const additions: Addition[] = [];
    const alterations: Alteration[] = [];
    for (const each of batch) {
      const step = run.isRepeated(each) ? undefined : this.plan(each, matches, run);
      if (step && 'account' in step) additions.push(step);
      else if (step) alterations.push(step);
    }
    alterations.push(...(await this.add(additions, run)));
    for (let at = 0; at < alterations.length; at += CHANGES_AT_ONCE) {
      const some = alterations.slice(at, at + CHANGES_AT_ONCE);
      await Promise.all(some.map((alteration) => this.alter(alteration, run)));
    }
  }

  /** What is to be written for an entry; undefined when that is nothing. */
  private plan(each: RecognisableEntry, matches: AccountMatches, run: ImportRun): Addition | Alteration | undefined {
    const match = matches.find(each.recognition, run.replaced);
    if (typeof match === 'string') return run.fail(each, match);
    if (!match) {
      const account = newAccountOf(each.account, each.recognition);
      return typeof account === 'string' ? run.fail(each, account) : { each, account };
    }
    const change = planChange(match, each.account);
    if (typeof change === 'string') return run.fail(each, change);
    if (!change) return run.skip();
    if (change.credentials) run.replaced.add(match.stored.account.id);
    return { each, stored: match.stored, change };
  }

  /** @returns what there is to change about accounts that others added at the same time */
  private async add(additions: readonly Addition[], run: ImportRun): Promise<Alteration[]> {
    const creations = await this.writer.create(additions.map(({ account }) => account));
    const taken: RecognisableEntry[] = [];
    for (const [index, { each, account }] of additions.entries()) {
      const creation = creations[index];
      if (creation === 'created') run.created(account);
      else if (creation === 'taken') taken.push(each);
      else run.fail(each, 'could not be stored');
    }
    if (taken.length === 0) return [];
    const matches = new AccountMatches(await this.stored.find(lookupOf(taken)));
    const alterations: Alteration[] = [];
    for (const each of taken) {
      const step = this.plan(each, matches, run);
      if (step && 'stored' in step) alterations.push(step);
      else if (step) run.fail(each, 'could not be stored: its account was deleted at the same time');
    }
    return alterations;
  }

  private async alter({ each, stored, change }: Alteration, run: ImportRun): Promise<void> {
    if (await this.writer.change(stored, change)) run.updated(stored, change);
    else run.fail(each, `could not be stored as account ${stored.account.id}`);
  }
}
