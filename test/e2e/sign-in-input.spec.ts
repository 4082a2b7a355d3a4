import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AccountRepository } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { UpstreamHttp } from '../../src/upstreams/upstream-http.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { inRegions } from '../support/in-regions.js';
import {
  admin,
  BUILDER_ID_URL,
  COMPANY_URL,
  profileArn,
  SignInStage,
  signInNow,
  startSignIn,
} from '../support/sign-in-stage.js';
import { ADMIN_KEY, type RunningGateway } from '../support/start-gateway.js';

const LOGIN = '/v2/accounts/login';
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeOnEachDatabase('/v2/accounts/login', (database) => {
  let stage: SignInStage;
  let gateway: RunningGateway;

  beforeEach(async () => {
    stage = await SignInStage.open(database());
    gateway = await stage.gateway();
  });
  afterEach(() => stage.close());

  const fieldsOf = ({ body }: { body: { errors?: { field: string }[] } }) =>
    new Set(body.errors?.map(({ field }) => field));

  it('refuses what can’t be, names each field, and asks nobody', async () => {
    const cases: [unknown, string[]][] = [
      [{ startUrl: COMPANY_URL }, ['region']],
      [{ region: 'eu-west-1' }, ['region']],
      [{ startUrl: BUILDER_ID_URL, region: 'eu-west-1' }, ['region']],
      [{ startUrl: 'http://my-company.awsapps.com/start', region: 'eu-west-1' }, ['startUrl']],
      [{ startUrl: 'https://user:password@my-company.awsapps.com/start', region: 'eu-west-1' }, ['startUrl']],
      [{ startUrl: 'https://[', region: 'eu-west-1' }, ['startUrl']],
      [{ startUrl: 'https://a b/', region: 'eu-west-1' }, ['startUrl']],
      [{ startUrl: `https://${'x'.repeat(2048)}`, region: 'eu-west-1' }, ['startUrl']],
      [{ startUrl: '', region: '' }, ['startUrl', 'region']],
      [{ startUrl: COMPANY_URL, region: 'evil.example/' }, ['region']],
      [{ startUrl: COMPANY_URL, region: 'eu-west-1\u0000' }, ['region']],
      [{ startUrl: 7, region: [], label: {}, profileArn: true }, ['startUrl', 'region', 'label', 'profileArn']],
      [{ label: 'x'.repeat(101) }, ['label']],
      [{ label: 'two\nlines' }, ['label']],
      [{ label: '\u0000' }, ['label']],
      [{ profileArn: `arn:${'x'.repeat(2048)}` }, ['profileArn']],
      [{ enabled: 'yes', weight: -1, priority: 1.5 }, ['enabled', 'weight', 'priority']],
      [{ weight: 1001 }, ['weight']],
      [{ accountId: NOBODY }, ['accountId']],
      [{ accountId: 'x'.repeat(65) }, ['accountId']],
      [{ accountId: 7 }, ['accountId']],
      [{ accountId: '__proto__' }, ['accountId']],
      [{ clientName: 'Amazon Q Developer for command line' }, ['clientName']],
    ];
    for (const [body, fields] of cases) {
      const answer = await admin(gateway, 'POST', LOGIN, body);
      expect({ body, status: answer.status, fields: fieldsOf(answer) }).toEqual({
        body,
        status: 400,
        fields: new Set(fields),
      });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    }
    for (const body of ['{', '[]', '"text"', '7', 'null']) {
      expect([body, (await admin(gateway, 'POST', LOGIN, body)).status]).toEqual([body, 400]);
    }
    expect(stage.simulator.requests).toEqual([]);
  });

  it('takes no body, and fields of null, as nothing wanted', async () => {
    const everythingNull = { label: null, startUrl: null, region: null, profileArn: null, accountId: null };
    for (const body of [undefined, '', { ...everythingNull, enabled: null, weight: null, priority: null }]) {
      expect((await admin(gateway, 'POST', LOGIN, body)).body).toMatchObject({ startUrl: BUILDER_ID_URL });
    }
  });

  it('refuses accounts that need no sign-in, or of which it must know more', async () => {
    const now = new Date(stage.clock.now());
    const oidc = { kind: 'oidc', clientId: 'c', clientSecret: 's', refreshToken: 'r' } as const;
    await gateway.app.get(AccountRepository).insert(
      [
        { id: 'endpoint', label: 'x', provider: 'anthropic', secrets: { kind: 'api_key', apiKey: 'k' } },
        {
          id: 'company',
          label: 'x',
          provider: 'amazonq',
          profileArn: profileArn('us-east-1', 'A'),
          region: 'eu-west-1',
          secrets: oidc,
        },
      ],
      now,
    );
    expect(fieldsOf(await admin(gateway, 'POST', LOGIN, { accountId: 'endpoint' }))).toEqual(new Set(['accountId']));
    expect(fieldsOf(await admin(gateway, 'POST', LOGIN, { accountId: 'company' }))).toEqual(new Set(['startUrl']));
    const started = await startSignIn(gateway, { accountId: 'company', startUrl: COMPANY_URL });
    expect(started).toMatchObject({ accountId: 'company', region: 'eu-west-1' });
  });

  it('names the start URL that the service does not know', async () => {
    const unknown = { startUrl: 'https://nobody.example/start', region: 'eu-west-1' };
    const answer = await admin(gateway, 'POST', LOGIN, unknown);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, new Set(['startUrl'])]);
    expect(answer.body.detail).toContain('Invalid start url provided');
  });

  it('says so when the service can’t be reached', async () => {
    const alone = await stage.gateway({ AMAZONQ_TOKEN_ENDPOINT: 'http://127.0.0.1:9/token' });
    const answer = await admin(alone, 'POST', LOGIN, {});
    expect([answer.status, answer.body.detail]).toEqual([502, '127.0.0.1:9 did not answer (ECONNREFUSED)']);
    const rows = await alone.app.get(DataSource).query('SELECT id FROM device_sign_ins');
    expect(rows).toEqual([]);
  });

  it('tells the code of a failure of TLS, as behind a proxy that reads along', async () => {
    const plain = stage.simulator.url.replace('http:', 'https:');
    const alone = await stage.gateway({ AMAZONQ_TOKEN_ENDPOINT: `${plain}/token` });
    const answer = await admin(alone, 'POST', LOGIN, {});
    expect(answer).toMatchObject({
      status: 502,
      body: { detail: expect.stringMatching(/did not answer \(ERR_SSL_\w+\)$/) },
    });
  });

  it('asks the region’s own service where no endpoint is set', async () => {
    const everywhere = await stage.gateway({ AMAZONQ_TOKEN_ENDPOINT: '' });
    const hosts = inRegions(everywhere.app.get(UpstreamHttp), stage.simulator.url);
    await startSignIn(everywhere);
    const signIn = await startSignIn(everywhere, { startUrl: COMPANY_URL, region: 'eu-west-1' });
    await admin(everywhere, 'DELETE', `${LOGIN}/${signIn.loginId}`);
    await stage.pass(1, everywhere);
    expect(Object.fromEntries(hosts)).toEqual({
      'oidc.us-east-1.amazonaws.com': 3,
      'oidc.eu-west-1.amazonaws.com': 2,
    });
  });

  it('answers 404 for a sign-in there is not', async () => {
    for (const id of [NOBODY, 'x', '%00', '..%2f..', 'x'.repeat(5000), "'%20OR%201=1--", '__proto__']) {
      for (const [method, path, body] of [
        ['GET', `${LOGIN}/${id}`],
        ['DELETE', `${LOGIN}/${id}`],
        ['POST', `${LOGIN}/${id}/profile`, { profileArn: profileArn('us-east-1', 'A') }],
      ] as const) {
        const answer = await admin(gateway, method, path, body);
        expect([method, id, answer.status]).toEqual([method, id, 404]);
      }
    }
  });

  it('has no profile to choose while the user has not confirmed', async () => {
    const { loginId } = await startSignIn(gateway);
    const chosen = { profileArn: profileArn('us-east-1', 'A') };
    expect((await admin(gateway, 'POST', `${LOGIN}/${loginId}/profile`, chosen)).status).toBe(409);
    const nothing = await admin(gateway, 'POST', `${LOGIN}/${loginId}/profile`);
    expect([nothing.status, fieldsOf(nothing)]).toEqual([400, new Set(['profileArn'])]);
  });

  it('is for admins; readers may look', async () => {
    const { loginId } = await startSignIn(gateway);
    const keyWith = async (...scopes: string[]) =>
      (await admin(gateway, 'POST', '/v2/api-keys', { name: scopes.join(), scopes })).body.key;
    const statuses = async (key: string) => {
      const calls = [
        ['POST', LOGIN],
        ['GET', `${LOGIN}/${loginId}`],
        ['POST', `${LOGIN}/${loginId}/profile`],
        ['DELETE', `${LOGIN}/${NOBODY}`],
      ] as const;
      const answers = [];
      for (const [method, path] of calls) answers.push((await admin(gateway, method, path, undefined, key)).status);
      return answers;
    };
    expect(await statuses('')).toEqual([401, 401, 401, 401]);
    expect(await statuses('stranger')).toEqual([401, 401, 401, 401]);
    expect(await statuses(await keyWith('inference', 'metrics'))).toEqual([403, 403, 403, 403]);
    expect(await statuses(await keyWith('admin:read'))).toEqual([403, 200, 403, 403]);
    expect(await statuses(ADMIN_KEY)).toEqual([201, 200, 400, 404]);
  });

  it('holds a hundred that wait, and lets go of one when it ends', async () => {
    const begin = () => admin(gateway, 'POST', LOGIN, {});
    const started = await Promise.all(Array.from({ length: 103 }, begin));
    const begun = () => started.filter(({ status }) => status === 201);
    // Those that are begun at once are counted with care: rather too few than too many.
    expect(begun().length).toBeLessThanOrEqual(100);
    while (begun().length < 100) started.push(await begin());
    const refused = await begin();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(started.every(({ status }) => status === 201 || status === 429)).toBe(true);
    await admin(gateway, 'DELETE', `${LOGIN}/${begun()[0]?.body.loginId}`);
    const other = await startSignIn(gateway);
    expect((await admin(gateway, 'POST', LOGIN, {})).status).toBe(429);

    await stage.pass(1, gateway);
    while (stage.polls().length < 100) await stage.pass(0, gateway);
    expect(stage.polls()).toHaveLength(100);
    await stage.deny(other);
    for (let turn = 0; turn < 8; turn++) await stage.pass(turn === 0 ? 1 : 0, gateway);
    expect((await signInNow(gateway, other)).status).toBe('denied');
    await startSignIn(gateway);
  });

  it('is cancelled once by three who do so at once', async () => {
    const { loginId } = await startSignIn(gateway);
    const answers = await Promise.all([1, 2, 3].map(() => admin(gateway, 'DELETE', `${LOGIN}/${loginId}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404]);
    const cancelled = await gateway.app
      .get(DataSource)
      .query(`SELECT action FROM audit_events WHERE action = 'account.login.cancel'`);
    expect(cancelled).toHaveLength(1);
  });

  it('shows no secret in answers, logs, audit or the bytes of the database', async () => {
    const company = { startUrl: COMPANY_URL, region: 'eu-west-1' };
    const waiting = await startSignIn(gateway);
    const choosing = await startSignIn(gateway, company);
    const complete = await startSignIn(gateway);
    await stage.failPolls(waiting, [{ error: 'something_new' }]);
    await stage.approve(choosing, {
      profiles: [
        { arn: profileArn('us-east-1', 'A'), name: 'A' },
        { arn: profileArn('us-east-1', 'B'), name: 'B' },
      ],
    });
    await stage.approve(complete);
    await stage.pass(1, gateway);
    const now = await Promise.all([waiting, choosing, complete].map((each) => signInNow(gateway, each)));
    expect(now.map(({ status, profiles }) => profiles?.length ?? status)).toEqual(['pending', 2, 'complete']);

    const secrets = new Set<string>();
    for (const { body } of stage.simulator.requests) {
      const { clientId, clientSecret, deviceCode } = body as Record<string, string>;
      for (const secret of [clientId, clientSecret, deviceCode]) if (secret) secrets.add(secret);
    }
    for (const { accessToken, refreshToken } of stage.simulator.accounts) {
      for (const secret of [accessToken, refreshToken]) if (secret) secrets.add(secret);
    }
    expect(secrets.size).toBe(3 * 3 + 2 * 2);
    const said = JSON.stringify([waiting, choosing, complete, now, gateway.logs]);
    const bytes = await plainBytes();
    expect(bytes).toContain(waiting.loginId);
    for (const secret of secrets) {
      expect(said).not.toContain(secret);
      expect(bytes).not.toContain(secret);
    }
    // What ended keeps none, encrypted or not.
    const rows = await gateway.app
      .get(DataSource)
      .query(`SELECT secrets FROM device_sign_ins WHERE id = '${complete.loginId}'`);
    expect(rows).toEqual([{ secrets: null }]);
    expect([...gateway.app.get(AccountDirectory).list()]).toHaveLength(1);
  });

  /** Everything the database keeps: SQLite's files byte for byte, Postgres' rows as text. */
  async function plainBytes(): Promise<string> {
    if (database().kind === 'postgres') {
      const tables = ['accounts', 'device_sign_ins', 'audit_events'];
      const rows = tables.map((table) => gateway.app.get(DataSource).query(`SELECT * FROM ${table}`));
      return JSON.stringify(await Promise.all(rows));
    }
    const folder = dirname(database().path);
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
    return files.join('');
  }
});
