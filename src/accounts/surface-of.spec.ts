import { describe, expect, it } from '@jest/globals';
import type { Account } from './account.js';
import { surfaceOf } from './surface-of.js';

const at = new Date(0);
const account: Account = {
  id: 'one',
  label: 'one',
  provider: 'amazonq',
  enabled: true,
  status: 'active',
  statusSince: at,
  weight: 1,
  priority: 0,
  requestCount: 0,
  errorCount: 0,
  revision: 1,
  createdAt: at,
  updatedAt: at,
};
const settings = { AMAZONQ_BINDING: 'restJson1' } as const;
const both = {
  AMAZONQ_BINDING: 'awsJson1.0',
  AMAZONQ_API_ENDPOINT: 'http://localhost:1/q',
  AMAZONQ_TOKEN_ENDPOINT: 'http://localhost:1/token',
} as const;
const profile = (region: string) => `arn:aws:codewhisperer:${region}:111122223333:profile/ABCDEFGHJKLM`;

describe('surfaceOf', () => {
  it('is Builder ID’s for an account that says nothing', () => {
    expect(surfaceOf(account, settings)).toEqual({
      apiEndpoint: 'https://q.us-east-1.amazonaws.com/',
      tokenEndpoint: 'https://oidc.us-east-1.amazonaws.com/token',
      binding: 'restJson1',
      origin: 'CLI',
    });
  });

  it.each<[string, Partial<Account>, string, string]>([
    ['the region for both', { region: 'eu-central-1' }, 'eu-central-1', 'eu-central-1'],
    ['a region without an API for the sign-in only', { region: 'eu-west-1' }, 'us-east-1', 'eu-west-1'],
    ['the profile’s region', { profileArn: profile('eu-central-1') }, 'eu-central-1', 'us-east-1'],
    [
      'the profile’s region where the account’s has no API',
      { region: 'eu-west-1', profileArn: profile('eu-central-1') },
      'eu-central-1',
      'eu-west-1',
    ],
    [
      'the profile’s region before the account’s, which may be that of the sign-in',
      { region: 'us-east-1', profileArn: profile('eu-central-1') },
      'eu-central-1',
      'us-east-1',
    ],
    ['a sign-in region of its own', { region: 'us-east-1', ssoRegion: 'ap-south-1' }, 'us-east-1', 'ap-south-1'],
    ['the default where a profile is no ARN', { profileArn: 'nonsense' }, 'us-east-1', 'us-east-1'],
  ])('takes %s', (_, fields, apiRegion, ssoRegion) => {
    expect(surfaceOf({ ...account, ...fields }, settings)).toMatchObject({
      apiEndpoint: `https://q.${apiRegion}.amazonaws.com/`,
      tokenEndpoint: `https://oidc.${ssoRegion}.amazonaws.com/token`,
    });
  });

  it('lets what was set explicitly win over the account’s region', () => {
    expect(surfaceOf({ ...account, region: 'eu-central-1' }, both)).toEqual({
      apiEndpoint: 'http://localhost:1/q/',
      tokenEndpoint: 'http://localhost:1/token',
      binding: 'awsJson1.0',
      origin: 'CLI',
    });
  });

  it('lets the account’s own endpoints, binding and origin win over everything', () => {
    const own = {
      apiEndpoint: 'https://runtime.example',
      tokenEndpoint: 'https://sign-in.example/token',
      binding: 'restJson1',
      origin: 'KIRO_CLI',
      profileArn: profile('us-east-1'),
    } as const;
    expect(surfaceOf({ ...account, ...own }, both)).toEqual({ ...own, apiEndpoint: 'https://runtime.example/' });
  });
});
