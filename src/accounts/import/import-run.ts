import { signInKey } from './account-matches.js';
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

/** Ids of each kind that the audit log names; its entries are bounded. */
const IDS_TOLD = 20;

/** What one import knows and did so far. */
export class ImportRun {
  /** Ids of accounts that got other credentials. */
  readonly replaced = new Set<string>();
  private readonly createdIds: string[] = [];
  private readonly updatedIds: string[] = [];
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

  created(id: string): void {
    this.createdIds.push(id);
  }

  updated(id: string): void {
    this.updatedIds.push(id);
  }

  skip(): undefined {
    this.skipped++;
  }

  fail({ entry: { index, file } }: RecognisableEntry, message: string): undefined {
    this.errors.push({ index, ...(file !== undefined && { file }), message });
  }

  result(): ImportResult {
    return {
      created: this.createdIds.length,
      updated: this.updatedIds.length,
      skipped: this.skipped,
      errors: this.errors.toSorted((a, b) => a.index - b.index),
    };
  }

  /** For the audit log. */
  summary(entries: number): Record<string, unknown> {
    const { created, updated, skipped, errors } = this.result();
    return {
      accounts: entries,
      created,
      updated,
      skipped,
      errors: errors.length,
      createdIds: this.createdIds.slice(0, IDS_TOLD),
      updatedIds: this.updatedIds.slice(0, IDS_TOLD),
    };
  }
}

/** The entry that had the key first; undefined when this one does, or there is no key. */
function remember(seen: Map<string, number>, key: string | undefined, index: number): number | undefined {
  if (key === undefined) return undefined;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, index);
  return first;
}
