import type { SimulatedAccount } from './account.js';

/** The environment that lets the gateway use these accounts on this simulator. */
export function gatewayEnvironment(url: string, accounts: readonly SimulatedAccount[]): Record<string, string> {
  const environment: Record<string, string> = {
    AMAZONQ_API_ENDPOINT: url,
    AMAZONQ_TOKEN_ENDPOINT: `${url}/token`,
    AMAZONQ_ACCOUNT_COUNT: String(accounts.length),
  };
  for (const [index, account] of accounts.entries()) {
    const prefix = `AMAZONQ_ACCOUNT_${index + 1}_`;
    environment[`${prefix}ID`] = account.id;
    environment[`${prefix}REFRESH_TOKEN`] = account.refreshToken;
    environment[`${prefix}CLIENT_ID`] = account.clientId;
    environment[`${prefix}CLIENT_SECRET`] = account.clientSecret;
    if (account.profileArn !== undefined) {
      environment[`${prefix}PROFILE_ARN`] = account.profileArn;
    }
  }
  return environment;
}
