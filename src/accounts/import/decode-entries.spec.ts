import { describe, expect, it } from '@jest/globals';
import {
  bareEntry,
  cliValues,
  kiroIdcFiles,
  kiroSocialFile,
  madeUpCredentials,
  ssoCacheFile,
  toolkitFiles,
} from '../../../test/support/import-files.js';
import { decodeEntries } from './decode-entries.js';

const now = new Date();
const options = { now, allowPrivateEndpoints: false };
const decode = (...contents: unknown[]) => decodeEntries([{ content: contents }], options);
const decodeFiles = (files: Record<string, unknown>) =>
  decodeEntries(
    Object.entries(files).map(([file, content]) => ({ file, content })),
    options,
  );
const given = madeUpCredentials();
const { clientId, clientSecret, refreshToken } = given;
const oidc = { kind: 'oidc', clientId, clientSecret, refreshToken };

function theAccount(decoded: ReturnType<typeof decodeEntries>) {
  expect(decoded.errors).toEqual([]);
  expect(decoded.accounts).toHaveLength(1);
  return decoded.accounts[0]?.account;
}

function snakeCase(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (each) => `_${each.toLowerCase()}`),
      value,
    ]),
  );
}

describe('decodeEntries', () => {
  it.each([
    ['camelCase', (record: object) => record],
    ['snake_case', snakeCase],
  ])('reads each kind in %s', (_name, spelt) => {
    const kiro = kiroIdcFiles(given);
    const toolkit = toolkitFiles(given, 'eu-west-1');
    expect(theAccount(decode(spelt(bareEntry(given))))).toMatchObject({
      credentials: { secrets: oidc },
      settings: { ssoRegion: 'us-east-1' },
      isPersonal: false,
    });
    expect(theAccount(decode(spelt(ssoCacheFile(given))))).toMatchObject({
      credentials: {
        secrets: { ...oidc, accessToken: expect.stringMatching(/^aoa/) },
        tokenExpiresAt: expect.any(Date),
        registrationExpiresAt: expect.any(Date),
      },
      settings: { ssoRegion: 'us-east-1' },
      isPersonal: true,
    });
    expect(theAccount(decode(spelt(kiroSocialFile(given))))).toMatchObject({
      credentials: { secrets: { kind: 'social', refreshToken } },
      settings: { profileArn: expect.stringContaining(':profile/') },
      defaults: { label: 'Kiro Google', origin: 'AI_EDITOR' },
    });
    expect(
      theAccount(
        decodeFiles({ 'kiro-auth-token.json': spelt(kiro.token), [kiro.registrationName]: spelt(kiro.registration) }),
      ),
    ).toMatchObject({ credentials: { secrets: oidc }, isPersonal: true });
    expect(
      theAccount(
        decodeFiles({ [toolkit.registrationName]: spelt(toolkit.registration), 'abc.json': spelt(toolkit.token) }),
      ),
    ).toMatchObject({
      credentials: { secrets: oidc, registrationExpiresAt: expect.any(Date) },
      settings: { ssoRegion: 'eu-west-1', startUrl: toolkit.token.startUrl },
      isPersonal: true,
    });
    expect(
      theAccount(decode(spelt({ provider: 'anthropic', baseUrl: 'https://api.example.com', apiKey: 'sk-ant-1' }))),
    ).toMatchObject({
      provider: 'anthropic',
      credentials: { secrets: { kind: 'api_key', apiKey: 'sk-ant-1' } },
      settings: { baseUrl: 'https://api.example.com' },
    });
  });

  it('reads the values of the CLIs’ databases', () => {
    const { token, registration } = cliValues(given);
    const account = theAccount(decode(token, registration));
    expect(account?.credentials).toMatchObject({ secrets: oidc, registrationExpiresAt: expect.any(Date) });
    expect(account?.credentials?.tokenExpiresAt?.getTime()).toBe(Date.parse(token.expires_at));
  });

  it('says which file an entry of a list comes from', () => {
    const { token, registration, registrationName } = kiroIdcFiles(given);
    const wrapped = [
      { fileName: '/home/me/.aws/sso/cache/kiro-auth-token.json', content: token },
      { file_name: `C:\\cache\\${registrationName}`, content: registration },
    ];
    expect(theAccount(decode(...wrapped))?.credentials?.secrets).toMatchObject(oidc);
    expect(theAccount(decode(token, { ...registration, clientIdHash: token.clientIdHash }))).toBeDefined();
  });

  it('keeps apart tokens of several places, and does not guess', () => {
    const [one, two] = [madeUpCredentials(), madeUpCredentials()];
    const [first, second] = [toolkitFiles(one), toolkitFiles(two)];
    const { accounts } = decode(
      first.token,
      second.token,
      {
        fileName: second.registrationName,
        content: second.registration,
      },
      { fileName: first.registrationName, content: first.registration },
    );
    expect(accounts.map(({ account }) => account.credentials?.secrets)).toMatchObject([
      { clientId: one.clientId },
      { clientId: two.clientId },
    ]);
    const other = { ...first.registration, clientId: 'another' };
    const ambiguous = decode(
      first.token,
      { fileName: first.registrationName, content: first.registration },
      { fileName: first.registrationName, content: other },
    );
    expect(ambiguous.errors[0]).toEqual({ index: 0, message: expect.stringContaining('several client registrations') });
    const expired = { ...other, expiresAt: '2020-01-01T00:00:00Z' };
    const living = decode(
      first.token,
      { fileName: first.registrationName, content: expired },
      { fileName: first.registrationName, content: first.registration },
    );
    expect(living.accounts[0]?.account.credentials?.secrets).toMatchObject({ clientId: one.clientId });
  });

  it('reports a registration that nobody needs, and a token that lacks one', () => {
    const { token, registration } = kiroIdcFiles(given);
    expect(decode(registration).errors).toEqual([
      { index: 0, message: expect.stringContaining('client registration and no account') },
    ]);
    expect(decode(token).errors).toEqual([
      { index: 0, message: expect.stringContaining('needs its client registration') },
    ]);
  });

  it.each<[name: string, entry: unknown, message: string]>([
    ['a text', 'text', 'is not an object'],
    ['null', null, 'is not an object'],
    ['an empty object', {}, 'is no account'],
    [
      'a token of another identity provider',
      { ...ssoCacheFile(given), authMethod: 'external_idp' },
      'external identity',
    ],
    ['a token with an issuer', { ...ssoCacheFile(given), issuerUrl: 'https://login.example.com' }, 'external identity'],
    ['a cut token', { ...bareEntry(given), refreshToken: 'aorAAAA...xyz' }, 'cut off'],
    ['a short social token', { ...kiroSocialFile(given), refreshToken: 'aorAAAAAG1234' }, 'cut off'],
    ['an access token alone', { accessToken: 'aoa', expiresAt: 1 }, 'refreshToken is missing'],
    ['a sign-in to something else', { ...bareEntry(given), scopes: ['sso:account:access'] }, 'none of its scopes'],
    ['a region that is none', { ...bareEntry(given), region: 'Virginia' }, 'region must be a region'],
    ['a number for a token', { ...bareEntry(given), refreshToken: 17 }, 'refreshToken must be text'],
    ['an endless token', { ...bareEntry(given), refreshToken: 'x'.repeat(20_000) }, 'at most 16384 characters'],
    ['an endless label', { ...bareEntry(given), label: 'x'.repeat(101) }, 'label must be at most 100'],
    ['a weight that is none', { ...bareEntry(given), weight: 1.5 }, 'weight must be a whole number from 0 to 1000'],
    ['enabled as text', { ...bareEntry(given), enabled: 'yes' }, 'enabled must be true or false'],
    ['an id that is none', { ...bareEntry(given), id: '../x' }, 'id must be letters'],
    ['a private endpoint', { ...bareEntry(given), tokenEndpoint: 'http://10.0.0.1/token' }, 'private address'],
    ['a key without a place', { provider: 'anthropic', apiKey: 'sk' }, 'baseUrl is required'],
    ['a place without a key', { provider: 'anthropic', baseUrl: 'https://api.example.com' }, 'apiKey is required'],
    ['a key of Kiro', { apiKey: 'ksk_123' }, 'apiKey is for accounts of provider anthropic'],
    ['a registration that is none', { clientId: 'x', clientSecret: 'with space' }, 'clientSecret must be printable'],
    ['a token named like a prototype', JSON.parse('{"__proto__":{"refreshToken":"x"}}'), 'is no account'],
  ])('refuses %s and keeps what it holds to itself', (_name, entry, message) => {
    const { accounts, errors } = decode(bareEntry(given), entry);
    expect(accounts).toHaveLength(1);
    expect(errors).toEqual([{ index: 1, message: expect.stringContaining(message) }]);
    for (const secret of [clientSecret, refreshToken, 'aorAAAA...xyz'])
      expect(errors[0]?.message).not.toContain(secret);
  });

  it('names every field that is not right at once', () => {
    const [error] = decode({ ...bareEntry(given), region: 'x', weight: -1 }).errors;
    expect(error?.message).toMatch(/region .*; weight /);
  });

  it('takes our export for what it is: its regions stay as they are, its secrets may be missing', () => {
    const { region, ...credentials } = bareEntry(given);
    const full = theAccount(decode({ id: 'one', kind: 'oidc', region, ...credentials }));
    expect(full).toMatchObject({ id: 'one', settings: { region }, isPersonal: false });
    const bare = theAccount(decode({ id: 'one', provider: 'amazonq', label: 'One', weight: 3 }));
    expect(bare).toMatchObject({ id: 'one', settings: { label: 'One', weight: 3 } });
    expect(bare?.credentials).toBeUndefined();
  });

  it('takes at most a thousand accounts', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ refreshToken: `t${index}` }));
    expect(decode(...many(1000)).errors).toHaveLength(1000);
    expect(() => decode(...many(1001))).toThrow('at most 1000 accounts');
  });

  it('counts lists, wrappers and files alike', () => {
    const { errors } = decodeEntries(
      [
        { file: 'a.json', content: { accounts: [1, { fileName: 'inner.json', content: [2, 3] }] } },
        { file: 'b.json', problem: 'is not valid JSON' },
        { content: [[4]] },
      ],
      options,
    );
    expect(errors).toEqual([
      { index: 0, file: 'a.json', message: 'is not an object' },
      { index: 1, file: 'inner.json', message: 'is not an object' },
      { index: 2, file: 'inner.json', message: 'is not an object' },
      { index: 3, file: 'b.json', message: 'is not valid JSON' },
      { index: 4, message: 'is not an object' },
    ]);
  });
});
