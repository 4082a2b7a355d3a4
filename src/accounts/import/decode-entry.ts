import { endpointProblem } from '../../platform/network/endpoint-rules.js';
import type { AccountSettings, Provider } from '../account.js';
import type { GivenCredentials } from '../account.repository.js';
import { NUMBER_RULES, type NumberField, numberProblem, type TextField, textProblem } from '../account-fields.js';
import { foreignFields } from '../provider-fields.js';
import { Fields, isRecord } from './fields.js';
import { parseInstant } from './parse-instant.js';
import { type ClientHints, type Registration, scopesOf } from './registrations.js';
import { identityCenterUrl } from './start-url.js';

/** An account as an import describes it. */
export interface ImportedAccount {
  /** Of an export of ours only. */
  id?: string;
  provider: Provider;
  /** Undefined: an export without secrets, which can change an account and make none. */
  credentials?: GivenCredentials;
  /** What the entry says of these, and nothing else: what is stored stays where it says nothing. */
  settings: Partial<AccountSettings>;
  /** Of a new account, where the entry does not say. */
  defaults: { label: string; origin?: string };
  /** A file of one person's machine: its client was registered for this sign-in and no other (amazon-q.md §9.6). */
  isPersonal: boolean;
}

/** What an entry is decoded with. */
export interface DecodeContext {
  /** The client of a token that came without; or what to tell. */
  findClient(hints: ClientHints): Registration | string;
  allowPrivateEndpoints: boolean;
}

const NO_ACCOUNT = 'is no account: refreshToken is missing';
const NO_REFRESH_TOKEN = 'refreshToken is missing: its access token could not be renewed';
const NO_SCOPE = 'is a sign-in to something else: none of its scopes is one of Amazon Q';
/** What is said of files that have nothing to do with Amazon Q; a folder of AWS' sign-ins is full of them. */
export const FOREIGN_TO_US: readonly string[] = [NO_ACCOUNT, NO_REFRESH_TOKEN, NO_SCOPE];

/** Shorter ones were cut off when they were copied (amazon-q.md §9.5). */
const SHORTEST_SOCIAL_TOKEN = 100;
/** What the refresh of a social sign-in belongs to: a Kiro plan (amazon-q.md §2.3). */
const SOCIAL_ORIGIN = 'AI_EDITOR';

const SETTINGS = [
  'label',
  'profileArn',
  'region',
  'ssoRegion',
  'apiEndpoint',
  'tokenEndpoint',
  'binding',
  'origin',
  'baseUrl',
  'startUrl',
] as const satisfies readonly (TextField & keyof AccountSettings)[];
const ENDPOINTS = ['apiEndpoint', 'tokenEndpoint', 'baseUrl'] as const satisfies readonly TextField[];
const NUMBERS = Object.keys(NUMBER_RULES) as readonly NumberField[];

/** @returns the account, or what to tell of the entry: fields by name, never what they hold */
export function decodeEntry(value: unknown, context: DecodeContext): ImportedAccount | string {
  if (!isRecord(value)) return 'is not an object';
  const fields = new Fields(value);
  const provider = isAnthropic(fields) ? 'anthropic' : 'amazonq';
  const problems = foreignSettings(fields, provider);
  const account =
    provider === 'anthropic' ? decodeAnthropic(fields, context, problems) : decodeAmazonQ(fields, context, problems);
  return problems.length > 0 || !account ? problems.join('; ') : account;
}

function isAnthropic(fields: Fields): boolean {
  return fields.text('provider') === 'anthropic' || (fields.has('baseUrl') && fields.has('apiKey'));
}

/** An account must not get settings that only the other kind has: who it is, is read from some of them. */
function foreignSettings(fields: Fields, provider: Provider): string[] {
  const given = Object.fromEntries(SETTINGS.map((name) => [name, fields.value(name)]));
  return foreignFields(given, provider).map(({ message }) => message);
}

function decodeAnthropic(fields: Fields, context: DecodeContext, problems: string[]): ImportedAccount | undefined {
  const settings = readSettings(fields, context, problems);
  const common = { provider: 'anthropic' as const, isPersonal: false, ...readId(fields, problems) };
  if (!fields.has('apiKey') && common.id !== undefined) {
    return { ...common, settings, defaults: { label: 'Anthropic' } };
  }
  const apiKey = required('apiKey', fields, problems);
  if (settings.baseUrl === undefined && !fields.has('baseUrl')) problems.push('baseUrl is required');
  if (problems.length > 0) return undefined;
  const host = settings.baseUrl === undefined ? '' : new URL(settings.baseUrl).hostname;
  return {
    ...common,
    credentials: { secrets: { kind: 'api_key', apiKey } },
    settings,
    defaults: { label: `Anthropic ${host}`.slice(0, 80) },
  };
}

function decodeAmazonQ(fields: Fields, context: DecodeContext, problems: string[]): ImportedAccount | undefined {
  const settings = readSettings(fields, context, problems);
  const identity = readId(fields, problems);
  const isOurs = identity.id !== undefined || fields.has('kind');
  // Files of sign-ins know one region: where the identity is. The profile decides about the API's (amazon-q.md §1.1).
  if (!isOurs && settings.region !== undefined && settings.ssoRegion === undefined) {
    settings.ssoRegion = settings.region;
    delete settings.region;
  }
  const common = { provider: 'amazonq' as const, ...identity, settings };
  if (isOurs && !fields.has('refreshToken', 'clientId', 'clientSecret')) {
    return { ...common, defaults: { label: titleOf(fields, false) }, isPersonal: false };
  }
  const unusable = whyUnusable(fields);
  if (unusable !== undefined) {
    problems.push(unusable);
    return undefined;
  }
  const isSocial = isSocialSignIn(fields);
  const refreshToken = required('refreshToken', fields, problems);
  if (problems.length === 0) problems.push(...tokenProblems(refreshToken, isSocial));
  const access = readAccessToken(fields, problems);
  const defaults = { label: titleOf(fields, isSocial), ...(isSocial && { origin: SOCIAL_ORIGIN }) };
  if (isSocial) {
    const secrets = { kind: 'social' as const, refreshToken, ...access.token };
    return { ...common, credentials: { secrets, ...access.expiry }, defaults, isPersonal: false };
  }
  const client = readClient(fields, context, problems);
  if (!client) return undefined;
  const { clientId, clientSecret, expiresAt: registrationExpiresAt } = client;
  return {
    ...common,
    credentials: {
      secrets: { kind: 'oidc', refreshToken, clientId, clientSecret, ...access.token },
      ...access.expiry,
      ...(registrationExpiresAt && { registrationExpiresAt }),
    },
    defaults,
    isPersonal: !isOurs && (client.isOwn || fields.has('oauthFlow')),
  };
}

interface Client extends Registration {
  /** It was registered for this sign-in, as far as the files tell. */
  isOwn: boolean;
}

function readClient(fields: Fields, { findClient }: DecodeContext, problems: string[]): Client | undefined {
  const own: Client = {
    clientId: fields.text('clientId') ?? '',
    clientSecret: fields.text('clientSecret') ?? '',
    expiresAt: parseInstant(fields.value('registrationExpiresAt', 'clientSecretExpiresAt')),
    scopes: [],
    isOwn: fields.has('registrationExpiresAt', 'clientSecretExpiresAt'),
  };
  if (fields.has('clientId') && fields.has('clientSecret')) {
    required('clientId', fields, problems);
    required('clientSecret', fields, problems);
    return problems.length > 0 ? undefined : own;
  }
  const hints: ClientHints = {};
  for (const name of ['clientId', 'clientIdHash', 'region', 'startUrl'] as const) {
    const text = fields.text(name);
    if (text !== undefined) hints[name] = text;
  }
  const found = findClient(hints);
  if (typeof found !== 'string' && signsInElsewhere(found.scopes)) problems.push(NO_SCOPE);
  else if (typeof found !== 'string') return problems.length > 0 ? undefined : { ...found, isOwn: true };
  else problems.push(found);
  return undefined;
}

/** What can never be used here, however complete it is. */
function whyUnusable(fields: Fields): string | undefined {
  const said = [fields.text('authMethod'), fields.text('provider'), fields.text('tokenType')];
  if (said.some((text) => text !== undefined && /^external_?idp$/i.test(text)) || fields.has('issuerUrl')) {
    return 'is signed in by an external identity provider, which is not supported';
  }
  if (fields.has('apiKey')) return 'apiKey is for accounts of provider anthropic, which need a baseUrl';
  if (!fields.has('refreshToken')) {
    return fields.has('accessToken') ? NO_REFRESH_TOKEN : NO_ACCOUNT;
  }
  return signsInElsewhere(scopesOf(fields)) ? NO_SCOPE : undefined;
}

/** AWS' command line keeps its own sign-ins in the same folder. */
function signsInElsewhere(scopes: readonly string[]): boolean {
  return scopes.length > 0 && !scopes.some((scope) => scope.startsWith('codewhisperer:'));
}

/** Tokens of either kind are refused at the other's endpoint; one with a client is never social (amazon-q.md §9.5). */
function isSocialSignIn(fields: Fields): boolean {
  if (fields.text('kind') === 'social') return true;
  if (fields.has('clientId', 'clientIdHash')) return false;
  const method = fields.text('authMethod');
  return method === undefined ? /^(google|github)$/i.test(fields.text('provider') ?? '') : /^social$/i.test(method);
}

function tokenProblems(refreshToken: string, isSocial: boolean): string[] {
  if (refreshToken.includes('...')) return ['refreshToken was cut off when it was copied'];
  return isSocial && refreshToken.length < SHORTEST_SOCIAL_TOKEN
    ? [`refreshToken was cut off when it was copied: it has less than ${SHORTEST_SOCIAL_TOKEN} characters`]
    : [];
}

/** An access token is of use only with its end; without one, the first renewal brings another. */
function readAccessToken(fields: Fields, problems: string[]) {
  const accessToken = fields.value('accessToken');
  const tokenExpiresAt = parseInstant(fields.value('tokenExpiresAt', 'expiresAt'));
  if (accessToken === undefined || !tokenExpiresAt) return {};
  const problem = textProblem('accessToken', accessToken);
  if (problem !== undefined) problems.push(problem);
  return { token: { accessToken: String(accessToken) }, expiry: { tokenExpiresAt } };
}

function readId(fields: Fields, problems: string[]): { id?: string } {
  const id = fields.value('id');
  if (id === undefined) return {};
  const problem = textProblem('id', id);
  if (problem !== undefined) problems.push(problem);
  return { id: String(id) };
}

function readSettings(fields: Fields, context: DecodeContext, problems: string[]): Partial<AccountSettings> {
  const settings: Partial<Record<keyof AccountSettings, unknown>> = {};
  const take = (name: keyof AccountSettings, value: unknown, problem: string | undefined) => {
    if (problem === undefined) settings[name] = value;
    else problems.push(problem);
  };
  for (const name of SETTINGS) {
    const value = fields.value(name);
    if (value !== undefined) take(name, value, textProblem(name, value));
  }
  for (const name of NUMBERS) {
    const value = fields.value(name);
    if (value !== undefined) take(name, value, numberProblem(name, value));
  }
  const enabled = fields.value('enabled');
  if (enabled !== undefined) {
    take('enabled', enabled, typeof enabled === 'boolean' ? undefined : 'enabled must be true or false');
  }
  const checked = settings as Partial<AccountSettings>;
  for (const name of ENDPOINTS) {
    const url = checked[name];
    const problem = url === undefined ? undefined : endpointProblem(url, context.allowPrivateEndpoints);
    if (problem !== undefined) problems.push(`${name} ${problem}`);
  }
  if (checked.startUrl !== undefined) {
    const startUrl = identityCenterUrl(checked.startUrl);
    if (startUrl === undefined) delete checked.startUrl;
    else checked.startUrl = startUrl;
  }
  return checked;
}

function required(name: TextField, fields: Fields, problems: string[]): string {
  const value = fields.value(name);
  const problem = value === undefined ? `${name} is required` : textProblem(name, value);
  if (problem !== undefined) problems.push(problem);
  return String(value ?? '');
}

/** A name for people, from what the file says of the sign-in. */
function titleOf(fields: Fields, isSocial: boolean): string {
  const provider = fields.text('provider')?.toLowerCase();
  if (isSocial) return provider === 'github' ? 'Kiro GitHub' : provider === 'google' ? 'Kiro Google' : 'Kiro';
  const profile = fields.text('profileName');
  if (profile !== undefined && textProblem('label', profile) === undefined)
    return `Identity Center ${profile}`.slice(0, 80);
  const directory = identityCenterUrl(fields.text('startUrl'));
  if (directory !== undefined && URL.canParse(directory)) {
    return `Identity Center ${new URL(directory).hostname.split('.', 1)[0]}`.slice(0, 80);
  }
  return provider === 'enterprise' ? 'Identity Center' : 'Builder ID';
}
