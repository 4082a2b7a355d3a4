import type { ImportSource } from '../../accounts/import/import-entry.js';
import type { ImportResult } from '../../accounts/import/import-run.js';

/** An account as a list shows it. */
export interface ListedAccount {
  id: string;
  label: string;
  provider: string;
  enabled: boolean;
  status: string;
  statusReason?: string | null;
}

/** The accounts of a gateway, wherever they are reached. */
export interface Accounts {
  /** Where they are, for people. */
  readonly name: string;
  import(sources: readonly ImportSource[], onProgress: (done: number, total: number) => void): Promise<ImportResult>;
  /** JSON in pieces. */
  export(includeSecrets: boolean): Promise<AsyncIterable<string>>;
  list(): Promise<ListedAccount[]>;
  close(): Promise<void>;
}
