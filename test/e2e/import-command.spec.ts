import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import sqlite3 from 'sqlite3';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { amqGateway } from '../support/command-line.js';
import { describeOnEachDatabase } from '../support/databases.js';
import {
  bareEntry,
  cliValues,
  kiroIdcFiles,
  kiroSocialFile,
  madeUpCredentials,
  ssoCacheFile,
  toolkitFiles,
} from '../support/import-files.js';
import { ADMIN_KEY, startGateway } from '../support/start-gateway.js';

// What a command records is a log line of the service; a process of its own keeps those to itself.
Logger.overrideLogger(false);

const DIRECTORY_URL = 'https://d-9067012345.awsapps.com/start';
const PROFILE = { arn: 'arn:aws:codewhisperer:eu-central-1:111122223333:profile/ABCDEFGHJKLM', profile_name: 'Team' };

interface Exported {
  accounts: Record<string, unknown>[];
}

describeOnEachDatabase('amq-gateway accounts', (database) => {
  let simulator: Simulator;
  let folder: string;

  beforeEach(async () => {
    simulator = await Simulator.start();
    folder = await mkdtemp(join(tmpdir(), 'amq-import-'));
  });
  afterEach(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: string[], environment: Record<string, string> = {}) =>
    amqGateway(['accounts', ...args], { environment: { ...database().environment, ...environment }, folder });

  const refused = async (status: number, words: string, args: string[], environment?: Record<string, string>) => {
    expect(await run(args, environment)).toMatchObject({ status, printed: '', told: expect.stringContaining(words) });
  };

  const put = async (name: string, content: unknown) => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  const exported = async () => JSON.parse((await run(['export', '--include-secrets'])).printed) as Exported;

  it('imports files, tells what became of each, and fails when one of them did', async () => {
    const [bare, social] = [madeUpCredentials(), madeUpCredentials()];
    await put('good.json', [bareEntry(bare), kiroSocialFile(social)]);
    const good = await run(['import', 'good.json']);
    expect(good).toMatchObject({ status: 0, shown: ['0 of 2', '2 of 2', ''] });
    expect(good.printed).toMatch(/created +updated +skipped +errors\n *2 +0 +0 +0\n/);

    await put('bad.json', '{"refreshToken": "planted');
    const mixed = await run(['import', 'good.json', 'bad.json', 'missing.json']);
    expect(mixed.status).toBe(1);
    expect(mixed.printed).toMatch(/2 +bad\.json +is not valid JSON\n3 +missing\.json +can't be read: ENOENT/);
    expect(mixed.printed + mixed.told).not.toContain('planted');
    const json = await run(['import', 'good.json', '--json']);
    expect(JSON.parse(json.printed)).toEqual({ created: 0, updated: 0, skipped: 2, errors: [] });
    expect((await run(['list'])).printed).toMatch(/^id +label +provider +status +reason\nacc_/);
    expect(JSON.parse((await run(['list', '--json'])).printed)).toMatchObject({
      data: [{ status: 'active' }, { status: 'active' }],
    });
  });

  it('reads the folder of AWS’ sign-ins, and leaves out what is not ours', async () => {
    const [sso, idc, editor] = [madeUpCredentials(), madeUpCredentials(), madeUpCredentials()];
    const [kiro, toolkit] = [kiroIdcFiles(idc), toolkitFiles(editor)];
    await mkdir(join(folder, 'cache', 'inner.json'), { recursive: true });
    await put('cache/0a1b.json', ssoCacheFile(sso));
    await put('cache/kiro-auth-token.json', kiro.token);
    await put(`cache/${kiro.registrationName}`, kiro.registration);
    await put(`cache/${toolkit.registrationName}`, toolkit.registration);
    await put('cache/1c2d.json', toolkit.token);
    await put('cache/botocore-client-id-eu-west-1.json', { clientId: 'x', clientSecret: 'y', expiresAt: '2026-01-01' });
    await put('cache/old.json', { accessToken: 'x', expiresAt: '2020-06-17T10:02:08UTC', region: 'eu-west-1' });
    await put('cache/notes.txt', 'not ours');
    await rm(join(folder, 'cache', 'inner.json'), { recursive: true });
    const { status, printed, told } = await run(['import', 'cache', '--json']);
    expect([status, JSON.parse(printed)]).toEqual([0, { created: 3, updated: 0, skipped: 0, errors: [] }]);
    expect(told).toMatch(/botocore-client-id-eu-west-1\.json: .*left out/);
    expect(told).toMatch(/old\.json: .*left out/);
    expect(JSON.parse((await run(['import', 'cache', '--json'])).printed)).toMatchObject({ skipped: 3 });
  });

  it('reads the database of a CLI that runs, and leaves it and the machine as they were', async () => {
    const [builder, organisation, social] = [madeUpCredentials(), madeUpCredentials(), madeUpCredentials()];
    const old = cliValues(madeUpCredentials());
    const values = cliValues(builder);
    const amazonQ = await cliDatabase(join(folder, 'q.sqlite3'), {
      auth_kv: {
        'codewhisperer:odic:token': values.token,
        'codewhisperer:odic:device-registration': values.registration,
      },
      state: { 'api.codewhisperer.profile': PROFILE },
    });
    const own = cliValues(organisation, DIRECTORY_URL);
    const kiro = await cliDatabase(join(folder, 'kiro.db'), {
      auth_kv: {
        'codewhisperer:odic:token': old.token,
        'codewhisperer:odic:device-registration': old.registration,
        'kirocli:odic:token': { ...own.token, region: 'eu-west-1' },
        'kirocli:odic:device-registration': own.registration,
      },
      state: { 'api.codewhisperer.profile': PROFILE, 'auth.idc.start-url': DIRECTORY_URL },
    });
    const google = await cliDatabase(join(folder, 'social.sqlite3'), {
      auth_kv: {
        'kirocli:social:token': {
          access_token: 'aoa',
          expires_at: '2026-03-01T10:20:30.123456789Z',
          refresh_token: social.refreshToken,
          profile_arn: PROFILE.arn,
          provider: 'github',
        },
        'codewhisperer:odic:token': old.token,
      },
    });
    const empty = await cliDatabase(join(folder, 'empty.sqlite3'), { state: {} });
    await put('broken.sqlite3', `SQLite format 3\0${'x'.repeat(5_000)}`);
    const before = await snapshot(folder);
    const temporary = await importFolders();
    const { status, printed } = await run([
      'import',
      'q.sqlite3',
      'kiro.db',
      'social.sqlite3',
      'empty.sqlite3',
      'broken.sqlite3',
      '--json',
    ]);
    expect(JSON.parse(printed)).toEqual({
      created: 3,
      updated: 0,
      skipped: 0,
      errors: [
        { index: 3, file: 'empty.sqlite3', message: expect.stringContaining('holds no sign-in') },
        { index: 4, file: 'broken.sqlite3', message: 'is not a database that can be read' },
      ],
    });
    expect(status).toBe(1);
    expect(await snapshot(folder)).toEqual(before);
    expect(await importFolders()).toEqual(temporary);

    const { accounts } = await exported();
    const of = (credentials: { refreshToken: string }) =>
      accounts.find(({ refreshToken }) => refreshToken === credentials.refreshToken);
    expect(of(builder)).toMatchObject({
      kind: 'oidc',
      clientId: builder.clientId,
      ssoRegion: 'us-east-1',
      registrationExpiresAt: expect.any(String),
    });
    expect(of(builder)).not.toHaveProperty('profileArn');
    expect(of(organisation)).toMatchObject({
      clientSecret: organisation.clientSecret,
      profileArn: PROFILE.arn,
      ssoRegion: 'eu-west-1',
      startUrl: DIRECTORY_URL,
      label: expect.stringMatching(/^Identity Center Team /),
    });
    expect(of(social)).toMatchObject({ kind: 'social', profileArn: PROFILE.arn, origin: 'AI_EDITOR' });

    // It goes on: signed in again, the account follows.
    const again = { ...builder, refreshToken: madeUpCredentials().refreshToken };
    await amazonQ.set('auth_kv', 'codewhisperer:odic:token', cliValues(again).token);
    expect(JSON.parse((await run(['import', 'q.sqlite3', '--json'])).printed)).toMatchObject({
      created: 0,
      updated: 1,
    });
    await Promise.all([amazonQ, kiro, google, empty].map((each) => each.close()));
  });

  it('works beside a running service, which uses what it brought within seconds, and over its admin API', async () => {
    const gateway = await startGateway(simulator, { accounts: 0, ...database().environment });
    try {
      expect((await post(gateway, QUESTION)).status).toBe(503);
      await put('real.json', bareEntry(simulator.addAccount()));
      expect((await run(['import', 'real.json'])).status).toBe(0);
      await eventually(async () => (await post(gateway, QUESTION)).status === 200);

      const key = { AMQ_GATEWAY_KEY: ADMIN_KEY };
      const kiro = kiroIdcFiles(madeUpCredentials());
      await put('kiro-auth-token.json', kiro.token);
      await put(kiro.registrationName, kiro.registration);
      await put('bad.json', '{');
      const files = ['kiro-auth-token.json', 'bad.json', kiro.registrationName, 'real.json'];
      const remote = await run(['import', ...files, '--url', gateway.url, '--json'], key);
      expect(JSON.parse(remote.printed)).toEqual({
        created: 1,
        updated: 0,
        skipped: 1,
        errors: [{ index: 1, file: 'bad.json', message: 'is not valid JSON' }],
      });
      expect(remote).toMatchObject({ status: 1, shown: ['0 of 2', '2 of 2', ''] });
      const list = await run(['list', '--url', gateway.url, '--json'], key);
      expect(JSON.parse(list.printed).data).toHaveLength(2);
      await run(['export', '--include-secrets', '--url', gateway.url, '--output', 'saved.json'], key);
      expect((await stat(join(folder, 'saved.json'))).mode & 0o777).toBe(0o600);
      const saved = JSON.parse(await readFile(join(folder, 'saved.json'), 'utf8')) as Exported;
      expect(saved.accounts).toHaveLength(2);
      expect((await run(['import', 'saved.json'])).printed).toMatch(/\n *0 +0 +2 +0\n/);
      await refused(1, 'is there already', ['export', '--output', 'saved.json']);

      await refused(1, 'invalid API key', ['list', '--url', gateway.url], { AMQ_GATEWAY_KEY: 'wrong' });
      await refused(2, 'AMQ_GATEWAY_KEY', ['list', '--url', gateway.url]);
    } finally {
      await gateway.close();
    }
    await refused(1, "can't be reached", ['list', '--url', gateway.url], { AMQ_GATEWAY_KEY: 'x' });
  });

  it('explains itself', async () => {
    expect((await run(['import', '--help'])).printed).toContain('data.sqlite3');
    expect(await run([])).toMatchObject({ status: 2, told: expect.stringContaining('prints all accounts as JSON') });
    await refused(2, "missing required argument 'file'", ['import']);
    await refused(2, "unknown command 'destroy'", ['destroy']);
    await refused(2, 'too many arguments', ['list', 'everything']);
    await refused(2, '--loud', ['list', '--loud']);
    await refused(2, '--url', ['list', '--url', 'here'], { AMQ_GATEWAY_KEY: 'x' });
    await refused(1, 'ENCRYPTION_KEY', ['list'], { ENCRYPTION_KEY: 'short' });
  });
});

interface CliDatabase {
  set(table: string, key: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}

/** A database as the CLIs keep it, open, with what was written last still beside it. */
async function cliDatabase(path: string, tables: Record<string, Record<string, unknown>>): Promise<CliDatabase> {
  const database = new sqlite3.Database(path);
  const execute = (sql: string, values: unknown[] = []) =>
    new Promise<void>((resolve, reject) => {
      database.run(sql, values, (error) => (error ? reject(error) : resolve()));
    });
  const set = (table: string, key: string, value: unknown) =>
    execute(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`, [key, JSON.stringify(value)]);
  await execute('PRAGMA journal_mode = WAL');
  await execute('PRAGMA wal_autocheckpoint = 0');
  for (const [table, rows] of Object.entries(tables)) {
    await execute(`CREATE TABLE ${table} (key TEXT PRIMARY KEY, value TEXT)`);
    for (const [key, value] of Object.entries(rows)) await set(table, key, value);
  }
  return { set, close: () => new Promise((resolve) => database.close(() => resolve())) };
}

/** Names and bytes of all files. */
async function snapshot(folder: string): Promise<[name: string, bytes: string][]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as [string, string]),
  );
}

async function importFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`amq-gateway-import-${process.pid}-`));
}
