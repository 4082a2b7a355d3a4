import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import type { NewAccount } from '../account.repository.js';
import { recognisableIn } from '../account-secrets.js';
import { idOfSignIn } from '../same-sign-in.js';
import type { Recognition } from './account-matches.js';
import { type DecodedEntry, type DecodedImport, decodeEntries } from './decode-entries.js';
import type { ImportedAccount } from './decode-entry.js';
import type { Lookup } from './import.repository.js';
import type { ImportSource } from './import-entry.js';

/** An entry with what it is recognised by. */
export interface RecognisableEntry extends DecodedEntry {
  recognition: Recognition;
}

/** Reads what an import brings, up to where the database has to be asked. */
@Injectable()
export class ImportPlanner {
  constructor(
    private readonly configuration: Configuration,
    private readonly encryption: Encryption,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError when there are too many entries */
  decode(sources: Iterable<ImportSource>): DecodedImport {
    return decodeEntries(sources, {
      now: new Date(this.clock.now()),
      allowPrivateEndpoints: this.configuration.settings.ALLOW_PRIVATE_ENDPOINTS,
    });
  }

  recognise(decoded: DecodedEntry): RecognisableEntry {
    const { id, credentials, isPersonal, settings } = decoded.account;
    if (!credentials) return { ...decoded, recognition: { id, isPersonal } };
    const { token, client } = recognisableIn(credentials.secrets);
    const tokenDigest = this.digest(token);
    const { baseUrl } = settings;
    const recognition = {
      id,
      isPersonal,
      tokenDigest,
      baseUrl,
      // POST /v2/accounts makes the same.
      derivedId: idOfSignIn(token, baseUrl, (text) => this.digest(text)),
      clientDigest: client === undefined ? undefined : this.digest(client),
    };
    return { ...decoded, recognition };
  }

  private digest(credential: string): string {
    return this.encryption.digest(credential, 'credentials');
  }
}

/** What these entries may be stored as already. */
export function lookupOf(entries: readonly RecognisableEntry[]): Lookup {
  const recognitions = entries.map(({ recognition }) => recognition);
  return {
    ids: distinct(recognitions.flatMap(({ id, derivedId }) => [id, derivedId])),
    tokenDigests: distinct(recognitions.map(({ tokenDigest }) => tokenDigest)),
    clientDigests: distinct(
      recognitions.map(({ isPersonal, clientDigest }) => (isPersonal ? clientDigest : undefined)),
    ),
  };
}

/** The account that an entry makes; a text when it can make none. */
export function newAccountOf(account: ImportedAccount, { id, derivedId }: Recognition): NewAccount | string {
  const newId = id ?? derivedId;
  if (!account.credentials || newId === undefined) return 'has no credentials, and there is no account of its id';
  const { label, origin } = account.defaults;
  return {
    ...(origin !== undefined && { origin }),
    label: `${label} ${newId.slice(-6)}`,
    ...account.settings,
    ...account.credentials,
    id: newId,
    provider: account.provider,
  };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
