import type { AuditEvent } from '../../audit/audit-event.js';
import type { AccountChange, NewAccount } from '../account.repository.js';
import { signInKey } from '../same-sign-in.js';
import type { StoredForImport } from './account-matches.js';
import type { EntryError } from './decode-entries.js';
import type { RecognisableEntry } from './import-planner.service.js';

/** What an import did. */
export interface ImportResult {
  /** Accounts that are new. */
  created: number;
  /** Accounts that were there, and were changed. */
  updated: number;
  /** Entries that say nothing new. */
  skipped: number;
  /** Entries that could not be imported, in their order. */
  errors: EntryError[];
}

/** What was done to one account: fields before and after. */
type AccountImported = Required<Pick<AuditEvent, 'target' | 'details'>>;

/** What one import knows and did so far. */
export class ImportRun {
  /** Ids of accounts that got other credentials. */
  readonly replaced = new Set<string>();
  private changes: AccountImported[] = [];
  private createdCount = 0;
  private updatedCount = 0;
  private readonly seenTokens = new Map<string, number>();
  private readonly seenIds = new Map<string, number>();
  private skipped = 0;

  constructor(private readonly errors: EntryError[]) {}

  /** Whether an earlier entry was the same account; it is counted then. */
  isRepeated(each: RecognisableEntry): boolean {
    const { id, tokenDigest, baseUrl } = each.recognition;
    const token = tokenDigest === undefined ? undefined : signInKey(tokenDigest, baseUrl);
    const sameToken = remember(this.seenTokens, token, each.entry.index);
    const sameId = remember(this.seenIds, id, each.entry.index);
    if (sameToken === undefined && sameId === undefined) return false;
    if (sameId === undefined || sameId === sameToken) this.skip();
    else this.fail(each, `has the same id as entry ${sameId}`);
    return true;
  }

  created({ id, label, provider }: NewAccount): void {
    this.createdCount++;
    this.changes.push({ target: id, details: { created: true, label, provider } });
  }

  updated({ account }: StoredForImport, { settings = {}, credentials }: AccountChange): void {
    this.updatedCount++;
    const before = new Map<string, unknown>(Object.entries(account));
    const changed = Object.entries(settings).map(([name, to]) => [name, { from: before.get(name) ?? null, to }]);
    const details = { ...Object.fromEntries(changed), ...(credentials && { credentials: 'replaced' }) };
    this.changes.push({ target: account.id, details });
  }

  /** What was done to each account since this was asked last, for the audit log. */
  takeChanges(): AccountImported[] {
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  skip(): undefined {
    this.skipped++;
  }

  fail({ entry: { index, file } }: RecognisableEntry, message: string): undefined {
    this.errors.push({ index, ...(file !== undefined && { file }), message });
  }

  result(): ImportResult {
    return {
      created: this.createdCount,
      updated: this.updatedCount,
      skipped: this.skipped,
      errors: this.errors.toSorted((a, b) => a.index - b.index),
    };
  }

  /** For the audit log. */
  summary(entries: number): Record<string, unknown> {
    const { created, updated, skipped, errors } = this.result();
    return { accounts: entries, created, updated, skipped, errors: errors.length };
  }
}

/** The entry that had the key first; undefined when this one does, or there is no key. */
function remember(seen: Map<string, number>, key: string | undefined, index: number): number | undefined {
  if (key === undefined) return undefined;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, index);
  return first;
}
