import type { Account } from '../account.js';
import type { AccountSecrets } from '../account-secrets.js';
import { signInKey } from '../same-sign-in.js';

/** An account that is stored already, with what it is recognised by. */
export interface StoredForImport {
  account: Account;
  /** Undefined when they can't be read. */
  secrets?: AccountSecrets;
  /** See `StoredAccount.version`. */
  version: string;
  /** Of the refresh token or key that works now, of the one that was given, of the client. */
  tokenDigest?: string;
  givenDigest?: string;
  clientDigest?: string;
}

/** What an entry is looked for by. */
export interface Recognition {
  /** Of our own export. */
  id?: string;
  /** The id that an account made from these credentials gets. */
  derivedId?: string;
  tokenDigest?: string;
  /** Of an `anthropic` account. */
  baseUrl?: string;
  clientDigest?: string;
  /** Only then does the client alone say who it is. */
  isPersonal: boolean;
}

/** How an entry was recognised; decides which credentials are newer. */
export interface Match {
  stored: StoredForImport;
  /**
   * `token`: it has these credentials now; `earlier`: it was given them and has newer ones; `id`, `client`: it is the
   * same account, its credentials differ.
   */
  by: 'token' | 'earlier' | 'id' | 'client';
}

/** The stored accounts that the entries of an import may mean. */
export class AccountMatches {
  private readonly byId = new Map<string, StoredForImport>();
  private readonly byToken = new Map<string, StoredForImport>();
  private readonly byGivenToken = new Map<string, StoredForImport>();
  private readonly byClient = new Map<string, StoredForImport[]>();

  constructor(stored: Iterable<StoredForImport>) {
    for (const each of stored) {
      this.byId.set(each.account.id, each);
      const { baseUrl } = each.account;
      if (each.tokenDigest !== undefined) this.byToken.set(signInKey(each.tokenDigest, baseUrl), each);
      if (each.givenDigest !== undefined) this.byGivenToken.set(signInKey(each.givenDigest, baseUrl), each);
      if (each.clientDigest === undefined) continue;
      const ofClient = this.byClient.get(each.clientDigest);
      if (ofClient) ofClient.push(each);
      else this.byClient.set(each.clientDigest, [each]);
    }
  }

  /**
   * The account that an entry means, if there is one.
   * @param replaced ids of accounts that this import has given new credentials: their client says nothing any more
   * @returns a text when the entry contradicts itself
   */
  find(entry: Recognition, replaced: ReadonlySet<string>): Match | string | undefined {
    const token = entry.tokenDigest === undefined ? undefined : signInKey(entry.tokenDigest, entry.baseUrl);
    const owner = get(this.byToken, token);
    const named = get(this.byId, entry.id);
    if (named && owner && named !== owner) return `has the credentials of account ${owner.account.id}`;
    const given = get(this.byGivenToken, token);
    if (owner) return { stored: owner, by: 'token' };
    if (named) return { stored: named, by: given === named ? 'earlier' : 'id' };
    const made = given ?? get(this.byId, entry.derivedId);
    if (made) return { stored: made, by: 'earlier' };
    const ofClient = entry.isPersonal ? get(this.byClient, entry.clientDigest) : undefined;
    const [only] = ofClient ?? [];
    return only && ofClient?.length === 1 && !replaced.has(only.account.id)
      ? { stored: only, by: 'client' }
      : undefined;
  }
}

function get<T>(map: ReadonlyMap<string, T>, key: string | undefined): T | undefined {
  return key === undefined ? undefined : map.get(key);
}
