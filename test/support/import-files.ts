import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { SimulatedAccount } from '../../simulator/account.js';

/** Credential files as AWS' and Kiro's programs write them (amazon-q.md §9.6), with the accounts of a simulator. */

type Credentials = Pick<SimulatedAccount, 'clientId' | 'clientSecret' | 'refreshToken'>;

const HOUR = 3_600_000;
const inAnHour = () => new Date(Date.now() + HOUR).toISOString();
const inNinetyDays = () => new Date(Date.now() + 90 * 24 * HOUR).toISOString();

/** Credentials that no service knows; long enough for any kind. */
export function madeUpCredentials(): Credentials {
  return {
    clientId: `client-${randomUUID()}`,
    clientSecret: `secret-${randomBytes(30).toString('base64url')}`,
    refreshToken: `aorAAAAAG${randomBytes(90).toString('base64url')}`,
  };
}

export const bareEntry = ({ refreshToken, clientId, clientSecret }: Credentials) => ({
  refreshToken,
  clientId,
  clientSecret,
  region: 'us-east-1',
});

export const ssoCacheFile = ({ refreshToken, clientId, clientSecret }: Credentials) => ({
  startUrl: 'https://view.awsapps.com/start',
  region: 'us-east-1',
  accessToken: `aoa${randomBytes(20).toString('hex')}`,
  expiresAt: inAnHour(),
  refreshToken,
  clientId,
  clientSecret,
  registrationExpiresAt: inNinetyDays(),
});

/** What the extensions for editors write: the client stands in a file of its own. */
export function toolkitFiles({ refreshToken, clientId, clientSecret }: Credentials, region = 'us-east-1') {
  const startUrl = `https://d-${randomBytes(5).toString('hex')}.awsapps.com/start`;
  return {
    token: { startUrl, region, accessToken: 'aoaSHORT', expiresAt: inAnHour(), refreshToken },
    registrationName: `aws-toolkit-vscode-client-id-${region}-${sha256(startUrl)}.json`,
    registration: {
      clientId,
      clientSecret,
      expiresAt: inNinetyDays(),
      startUrl,
      scopes: ['codewhisperer:completions'],
    },
  };
}

export function kiroIdcFiles({ refreshToken, clientId, clientSecret }: Credentials) {
  const clientIdHash = createHash('sha1').update(clientId).digest('hex');
  return {
    token: {
      accessToken: 'aoaSHORT',
      refreshToken,
      expiresAt: inAnHour(),
      authMethod: 'IdC',
      provider: 'BuilderId',
      clientIdHash,
      region: 'us-east-1',
    },
    registrationName: `${clientIdHash}.json`,
    registration: { clientId, clientSecret, expiresAt: inNinetyDays() },
  };
}

export const kiroSocialFile = ({ refreshToken }: Pick<Credentials, 'refreshToken'>) => ({
  accessToken: 'aoaSHORT',
  refreshToken,
  expiresAt: inAnHour(),
  authMethod: 'social',
  provider: 'Google',
  profileArn: 'arn:aws:codewhisperer:us-east-1:699475941385:profile/EHGA3GRVQMUK',
});

/** Values of the CLIs' databases, with nine digits of a second as they write them. */
export function cliValues({ refreshToken, clientId, clientSecret }: Credentials, startUrl?: string) {
  return {
    token: {
      access_token: 'aoaSHORT',
      expires_at: inAnHour().replace('Z', '456789Z'),
      refresh_token: refreshToken,
      region: 'us-east-1',
      start_url: startUrl ?? null,
      oauth_flow: 'DeviceCode',
      scopes: ['codewhisperer:completions', 'codewhisperer:analysis', 'codewhisperer:conversations'],
    },
    registration: {
      client_id: clientId,
      client_secret: clientSecret,
      client_secret_expires_at: inNinetyDays().replace('Z', '456789Z'),
      region: 'us-east-1',
      oauth_flow: 'DeviceCode',
      scopes: ['codewhisperer:completions', 'codewhisperer:analysis', 'codewhisperer:conversations'],
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
