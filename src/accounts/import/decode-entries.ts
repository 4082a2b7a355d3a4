import { GatewayError } from '../../core/errors.js';
import { decodeEntry, type ImportedAccount } from './decode-entry.js';
import { type ImportEntry, type ImportSource, listEntries } from './import-entry.js';
import { isRegistration, Registrations } from './registrations.js';

/** Accounts one import takes, and client registrations beside them. */
export const MOST_ACCOUNTS = 1_000;

/** What is wrong with one entry; never quotes what it holds. */
export interface EntryError {
  /** Its place in the import, from 0. */
  index: number;
  /** The file it came from, where there was one. */
  file?: string;
  message: string;
}

export interface DecodedEntry {
  entry: ImportEntry;
  account: ImportedAccount;
}

export interface DecodedImport {
  accounts: DecodedEntry[];
  errors: EntryError[];
}

export interface DecodeOptions {
  now: Date;
  /** ALLOW_PRIVATE_ENDPOINTS. */
  allowPrivateEndpoints: boolean;
}

/** Said of a registration that is of no use in this import. */
export const UNUSED = 'is a client registration and no account, and no token of this import belongs to it';

/**
 * The accounts of an import, each token with the client it belongs to.
 * @throws GatewayError when there are too many
 */
export function decodeEntries(sources: Iterable<ImportSource>, options: DecodeOptions): DecodedImport {
  const [clients, others] = sortEntries(sources);
  const errors: EntryError[] = [];
  const fail = ({ index, file }: ImportEntry, message: string) =>
    errors.push({ index, ...(file !== undefined && { file }), message });

  const registrations = new Registrations();
  for (const entry of clients) {
    const problem = registrations.add(entry);
    if (problem !== undefined) fail(entry, problem);
  }
  const accounts: DecodedEntry[] = [];
  for (const entry of others) {
    const account =
      entry.problem ??
      decodeEntry(entry.value, {
        findClient: (hints) => registrations.find(hints, options.now, others.length === 1),
        allowPrivateEndpoints: options.allowPrivateEndpoints,
      });
    if (typeof account === 'string') fail(entry, account);
    else accounts.push({ entry, account });
  }
  const unused = new Set(registrations.unused());
  for (const entry of clients) if (unused.has(entry.index)) fail(entry, UNUSED);
  return { accounts, errors };
}

function sortEntries(sources: Iterable<ImportSource>): [clients: ImportEntry[], others: ImportEntry[]] {
  const clients: ImportEntry[] = [];
  const others: ImportEntry[] = [];
  for (const entry of listEntries(sources)) {
    const kind = isRegistration(entry.value) ? clients : others;
    kind.push(entry);
    if (kind.length > MOST_ACCOUNTS) {
      throw new GatewayError(
        'request_too_large',
        `An import takes at most ${MOST_ACCOUNTS} accounts, and as many client registrations beside them`,
      );
    }
  }
  return [clients, others];
}
