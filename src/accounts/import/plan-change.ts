import type { AccountSettings } from '../account.js';
import type { AccountChange, GivenCredentials } from '../account.repository.js';
import type { AccountSecrets } from '../account-secrets.js';
import type { Match, StoredForImport } from './account-matches.js';
import type { ImportedAccount } from './decode-entry.js';

/**
 * What an entry changes about the account it means.
 * @returns undefined: nothing; a text when they do not go together
 */
export function planChange(
  { stored, by }: Match,
  { provider, credentials, settings }: ImportedAccount,
): AccountChange | string | undefined {
  const { account, secrets } = stored;
  if (provider !== account.provider) return `is of provider ${provider}, and account ${account.id} is not`;
  const changed = Object.entries(settings).filter(([name, value]) => account[name as keyof AccountSettings] !== value);
  const replaces =
    credentials !== undefined &&
    !(secrets && areSame(secrets, credentials.secrets)) &&
    !(by === 'earlier' || (by !== 'token' && isNewer(stored, credentials)));
  if (changed.length === 0 && !replaces) return undefined;
  return {
    ...(changed.length > 0 && { settings: Object.fromEntries(changed) as Partial<AccountSettings> }),
    ...(replaces && { credentials }),
  };
}

/** Access tokens come and go; what they are renewed with is the sign-in. */
function areSame(stored: AccountSecrets, given: AccountSecrets): boolean {
  if (stored.kind === 'api_key') return given.kind === 'api_key' && stored.apiKey === given.apiKey;
  if (stored.kind === 'social') return given.kind === 'social' && stored.refreshToken === given.refreshToken;
  return (
    given.kind === 'oidc' &&
    stored.refreshToken === given.refreshToken &&
    stored.clientId === given.clientId &&
    stored.clientSecret === given.clientSecret
  );
}

/**
 * Whether the stored sign-in goes on from the given one: of the same client, renewed after it. An older copy of a file
 * or an export must not bring back a refresh token that is used up.
 */
function isNewer({ account, secrets }: StoredForImport, given: GivenCredentials): boolean {
  if (!secrets || account.status === 'needs_login' || !account.tokenExpiresAt || !given.tokenExpiresAt) return false;
  if (!isOfSameClient(secrets, given.secrets)) return false;
  return given.tokenExpiresAt < account.tokenExpiresAt;
}

function isOfSameClient(stored: AccountSecrets, given: AccountSecrets): boolean {
  if (stored.kind === 'oidc') return given.kind === 'oidc' && stored.clientId === given.clientId;
  return stored.kind === given.kind;
}
