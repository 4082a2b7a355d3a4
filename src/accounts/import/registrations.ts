import { textProblem } from '../account-fields.js';
import { Fields, isRecord } from './fields.js';
import type { ImportEntry } from './import-entry.js';
import { parseInstant } from './parse-instant.js';
import { identityCenterUrl } from './start-url.js';

/** A client that was registered for sign-ins, from a file of its own (amazon-q.md §9.6). */
export interface Registration {
  clientId: string;
  clientSecret: string;
  expiresAt?: Date;
  scopes: readonly string[];
}

/** What a token without its client says of where it was signed in. */
export interface ClientHints {
  clientId?: string;
  clientIdHash?: string;
  region?: string;
  startUrl?: string;
}

interface KnownRegistration extends Registration {
  index: number;
  /** File name without its ending, or a field that holds the same. */
  hashes: readonly string[];
  region?: string;
  /** Undefined where the file does not say. */
  startUrl?: string;
}

const BUILDER_ID_REGION = 'us-east-1';
/** `aws-toolkit-vscode-client-id-<region>[-<sha256>].json`, and AWS' command line's. */
const REGION_IN_NAME = /-client-id-([a-z]{2}(?:-[a-z]+)+-\d)/;

/** Whether an entry is a registered client and no account: nothing in it could be renewed. */
export function isRegistration(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const fields = new Fields(value);
  return fields.has('clientId') && fields.has('clientSecret') && !fields.has('refreshToken', 'accessToken', 'apiKey');
}

/** The registrations of one import, to complete tokens that came without their client. */
export class Registrations {
  private readonly all: KnownRegistration[] = [];
  private readonly byHash = new Map<string, KnownRegistration>();
  private readonly byClientId = new Map<string, KnownRegistration>();
  private readonly used = new Set<number>();

  /** @returns what is wrong with it; undefined: nothing */
  add({ index, file, value }: ImportEntry): string | undefined {
    const fields = new Fields(isRecord(value) ? value : {});
    const clientId = fields.value('clientId');
    const clientSecret = fields.value('clientSecret');
    const problem = textProblem('clientId', clientId) ?? textProblem('clientSecret', clientSecret);
    if (problem !== undefined) return problem;
    const stem = file?.replace(/\.json$/i, '');
    const registration: KnownRegistration = {
      index,
      clientId: String(clientId),
      clientSecret: String(clientSecret),
      expiresAt: parseInstant(fields.value('expiresAt', 'clientSecretExpiresAt', 'registrationExpiresAt')),
      scopes: scopesOf(fields),
      hashes: [stem, fields.text('clientIdHash'), fields.text('hash')].filter((hash) => hash !== undefined),
      region: fields.text('region') ?? REGION_IN_NAME.exec(file ?? '')?.[1],
      startUrl: fields.text('startUrl'),
    };
    this.all.push(registration);
    for (const hash of registration.hashes) this.byHash.set(hash.toLowerCase(), registration);
    this.byClientId.set(registration.clientId, registration);
    return undefined;
  }

  /**
   * The one a token belongs to.
   * @param isOnlyToken no other token of the import lacks its client: a registration that says nothing of itself is
   *   its own then, if it is the only one too
   * @returns what to tell when there is none, or when it can't be told which
   */
  find(hints: ClientHints, now: Date, isOnlyToken: boolean): Registration | string {
    const found = this.match(hints, now, isOnlyToken);
    if (typeof found !== 'string') this.used.add(found.index);
    return found;
  }

  /** Those that no token needed, by their place in the import. */
  unused(): number[] {
    return this.all.map(({ index }) => index).filter((index) => !this.used.has(index));
  }

  private match(hints: ClientHints, now: Date, isOnlyToken: boolean): KnownRegistration | string {
    if (hints.clientIdHash !== undefined) {
      const found = this.byHash.get(hints.clientIdHash.toLowerCase());
      return found ?? 'needs its client registration, the file named after its clientIdHash, in the same import';
    }
    if (hints.clientId !== undefined) {
      return this.byClientId.get(hints.clientId) ?? 'clientSecret is missing, and no registration has its clientId';
    }
    const [only, ...others] = this.atSamePlace(hints, now);
    if (others.length > 0) return 'several client registrations of this import could be its own: import it with one';
    if (only) return only;
    const [single] = this.all;
    if (single && this.all.length === 1 && isOnlyToken && single.region === undefined) return single;
    return 'needs clientId and clientSecret, or the client registration they stand in, in the same import';
  }

  /** One for each client. Expired ones only where there is no other: a token dies with its client. */
  private atSamePlace(hints: ClientHints, now: Date): KnownRegistration[] {
    const region = hints.region ?? BUILDER_ID_REGION;
    const place = identityCenterUrl(hints.startUrl);
    const matching = this.all.filter(
      (each) => each.region === region && (each.startUrl === undefined || identityCenterUrl(each.startUrl) === place),
    );
    const living = matching.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
    const chosen = living.length > 0 ? living : matching;
    return [...new Map(chosen.map((each) => [each.clientId, each])).values()];
  }
}

/** A list, or one text with spaces between. */
export function scopesOf(fields: Fields): string[] {
  const scopes = fields.value('scopes', 'scope', 'registrationScopes');
  if (typeof scopes === 'string') return scopes.split(/[ ,]+/);
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}
