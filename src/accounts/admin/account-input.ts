import type { FieldProblem } from '../../core/errors.js';
import { endpointProblem } from '../../platform/network/endpoint-rules.js';
import type { Account, AccountSettings } from '../account.js';
import type { GivenCredentials } from '../account.repository.js';
import { parseInstant } from '../import/parse-instant.js';
import { identityCenterUrl } from '../import/start-url.js';
import type { UpdateAccountDto } from './dto/update-account.dto.js';

/** What an admin says of an account, new or known, each field checked by itself. */
export type AccountInput = { readonly [Field in keyof UpdateAccountDto]?: UpdateAccountDto[Field] | null };

const SETTINGS = [
  'label',
  'enabled',
  'weight',
  'priority',
  'requestsPerMinute',
  'maxConcurrent',
  'region',
  'ssoRegion',
  'profileArn',
  'apiEndpoint',
  'tokenEndpoint',
  'binding',
  'origin',
  'baseUrl',
  'startUrl',
] as const satisfies readonly (keyof AccountSettings)[];

const ENDPOINTS = ['apiEndpoint', 'tokenEndpoint', 'baseUrl'] as const;

/** They work together only (amazon-q.md §9.3). */
const CLIENT_CREDENTIALS = ['clientId', 'clientSecret', 'refreshToken'] as const;
const BESIDE_CREDENTIALS = ['accessToken', 'accessTokenExpiresAt', 'registrationExpiresAt'] as const;

export type SettingsChange = { [Field in keyof AccountSettings]?: AccountSettings[Field] | null };

/** The settings among it, null where one is taken away. */
export function settingsIn(input: AccountInput): SettingsChange {
  const given = Object.fromEntries(
    SETTINGS.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]),
  );
  // Builder ID's own address is as good as none.
  if (input.startUrl != null) given.startUrl = identityCenterUrl(input.startUrl) ?? null;
  return given as SettingsChange;
}

/** Those that are not what they were, before and after. */
export function changesOf(account: Account, settings: SettingsChange): Record<string, { from: unknown; to: unknown }> {
  return Object.fromEntries(
    SETTINGS.filter((name) => settings[name] !== undefined)
      .map((name) => [name, { from: account[name] ?? null, to: settings[name] ?? null }] as const)
      .filter(([, { from, to }]) => from !== to),
  );
}

/** What is wrong with endpoints beyond their form. */
export function endpointProblems(input: AccountInput, allowPrivate: boolean): FieldProblem[] {
  return ENDPOINTS.flatMap((path) => {
    const url = input[path];
    const problem = url == null ? undefined : endpointProblem(url, allowPrivate);
    return problem === undefined ? [] : [{ path, message: `${path} ${problem}` }];
  });
}

/** What is wrong with the credentials taken together. */
export function credentialProblems(input: AccountInput): FieldProblem[] {
  const missing = CLIENT_CREDENTIALS.filter((name) => input[name] == null);
  if (missing.length === CLIENT_CREDENTIALS.length) {
    return BESIDE_CREDENTIALS.filter((name) => input[name] != null).map((path) => ({
      path,
      message: `${path} goes with clientId, clientSecret and refreshToken only`,
    }));
  }
  const problems: FieldProblem[] = missing.map((path) => ({
    path,
    message: `${path} is missing: clientId, clientSecret and refreshToken are replaced all together`,
  }));
  // Shortened for display somewhere, and copied from there (amazon-q.md §9.5).
  if (input.refreshToken?.includes('...')) {
    problems.push({ path: 'refreshToken', message: 'refreshToken was cut off when it was copied: it contains "..."' });
  }
  if (input.accessTokenExpiresAt != null && input.accessToken == null) {
    problems.push({ path: 'accessTokenExpiresAt', message: 'accessTokenExpiresAt goes with accessToken only' });
  }
  return problems;
}

/** The credentials among it, when there are any; they have no problems. */
export function credentialsIn(input: AccountInput): GivenCredentials | undefined {
  const { clientId, clientSecret, refreshToken, apiKey, accessToken } = input;
  if (apiKey != null) return { secrets: { kind: 'api_key', apiKey } };
  if (clientId == null || clientSecret == null || refreshToken == null) return undefined;
  return {
    secrets: { kind: 'oidc', clientId, clientSecret, refreshToken, ...(accessToken != null && { accessToken }) },
    tokenExpiresAt: timeIn(input.accessTokenExpiresAt),
    registrationExpiresAt: timeIn(input.registrationExpiresAt),
  };
}

function timeIn(text: string | null | undefined): Date | undefined {
  return text == null ? undefined : parseInstant(text);
}
