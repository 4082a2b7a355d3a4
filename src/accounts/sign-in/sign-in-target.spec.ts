import { describe, expect, it } from '@jest/globals';
import type { Account } from '../account.js';
import { isBuilderId, type SignInTarget, signInTarget } from './sign-in-target.js';

const at = new Date(0);
const account = (fields: Partial<Account> = {}): Account => ({
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
  ...fields,
});
const BUILDER_ID = { startUrl: 'https://view.awsapps.com/start', region: 'us-east-1' };
const COMPANY = { startUrl: 'https://my-company.awsapps.com/start', region: 'eu-west-1' };

describe('signInTarget', () => {
  it.each<[string, Partial<SignInTarget>, Account | undefined, SignInTarget]>([
    ['nothing', {}, undefined, BUILDER_ID],
    ['Builder ID by name', { startUrl: `${BUILDER_ID.startUrl}/#/` }, undefined, BUILDER_ID],
    ['Builder ID’s region', { region: 'us-east-1' }, undefined, BUILDER_ID],
    ['a start URL and its region', COMPANY, undefined, COMPANY],
    ['what a browser leaves behind', { ...COMPANY, startUrl: `${COMPANY.startUrl}/#` }, undefined, COMPANY],
    ['an account of Builder ID', {}, account({ region: 'eu-central-1' }), BUILDER_ID],
    ['an account of a company', {}, account({ startUrl: COMPANY.startUrl, ssoRegion: 'eu-west-1' }), COMPANY],
    ['an account with one region', {}, account({ startUrl: COMPANY.startUrl, region: 'eu-west-1' }), COMPANY],
    ['what is given, before the account', COMPANY, account({ startUrl: 'https://x/', ssoRegion: 'x' }), COMPANY],
    ['Builder ID for an account with a profile', BUILDER_ID, account({ profileArn: 'arn:x' }), BUILDER_ID],
  ])('understands %s', (_what, given, known, target) => {
    expect(signInTarget(given, known)).toEqual(target);
  });

  it.each<[string, Partial<SignInTarget>, Account | undefined, string]>([
    ['a start URL without a region', { startUrl: COMPANY.startUrl }, undefined, 'region'],
    ['a region without a start URL', { region: 'eu-west-1' }, undefined, 'region'],
    ['credentials in the URL', { ...COMPANY, startUrl: 'https://me@my-company/start' }, undefined, 'startUrl'],
    ['what is no URL', { ...COMPANY, startUrl: 'https://[' }, undefined, 'startUrl'],
    ['a company’s account of which no URL is known', {}, account({ profileArn: 'arn:x' }), 'startUrl'],
  ])('refuses %s', (_what, given, known, path) => {
    expect(() => signInTarget(given, known)).toThrow(
      expect.objectContaining({ kind: 'invalid_request', fields: [expect.objectContaining({ path })] }),
    );
  });

  it('tells Builder ID from the rest', () => {
    expect([BUILDER_ID, COMPANY].map(isBuilderId)).toEqual([true, false]);
  });
});
