import type { Account } from '../account.js';
import type { AccountSecrets } from '../account-secrets.js';
import type { ExportedAccountDto } from './dto/exported-accounts.dto.js';

/** An account as an export writes it. A list of what goes out, so that nothing else ever does. */
export function exportAccount(account: Account, secrets: AccountSecrets | undefined): ExportedAccountDto {
  return {
    id: account.id,
    label: account.label,
    provider: account.provider,
    enabled: account.enabled,
    weight: account.weight,
    priority: account.priority,
    requestsPerMinute: account.requestsPerMinute,
    maxConcurrent: account.maxConcurrent,
    region: account.region,
    ssoRegion: account.ssoRegion,
    profileArn: account.profileArn,
    apiEndpoint: account.apiEndpoint,
    tokenEndpoint: account.tokenEndpoint,
    binding: account.binding,
    origin: account.origin,
    baseUrl: account.baseUrl,
    startUrl: account.startUrl,
    status: account.status,
    createdAt: account.createdAt.toISOString(),
    registrationExpiresAt: account.registrationExpiresAt?.toISOString(),
    ...(secrets && secretsOf(secrets, account)),
  };
}

function secretsOf(secrets: AccountSecrets, { tokenExpiresAt }: Account): Partial<ExportedAccountDto> {
  if (secrets.kind === 'api_key') return { kind: 'api_key', apiKey: secrets.apiKey };
  const { refreshToken, accessToken } = secrets;
  const client = secrets.kind === 'oidc' && { clientId: secrets.clientId, clientSecret: secrets.clientSecret };
  return {
    kind: secrets.kind,
    refreshToken,
    ...client,
    accessToken,
    tokenExpiresAt: accessToken === undefined ? undefined : tokenExpiresAt?.toISOString(),
  };
}
