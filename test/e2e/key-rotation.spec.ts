import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SimulatedAccount } from '../../simulator/account.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { Simulator } from '../../simulator/simulator.js';
import { AccountRepository } from '../../src/accounts/account.repository.js';
import { databaseSchema } from '../../src/database-schema.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import type { RotationStep } from '../../src/platform/database/keys/key-rotation.js';
import { openUsedDatabase } from '../../src/platform/database/open-database.js';
import { Encryption } from '../../src/platform/encryption/encryption.js';
import { masterKey } from '../../src/platform/encryption/master-key.js';
import { StoredItemRepository } from '../../src/proxy/responses/stored-item.repository.js';
import { oidcSecretsOf } from '../support/accounts-room.js';
import { post, QUESTION } from '../support/ask.js';
import { ASKED, postResponses } from '../support/ask-responses.js';
import { describeOnEachDatabase, describeOnEachSharedDatabase, describeOnSqlite } from '../support/databases.js';
import { allRows, keyIdOf, looking, newKey, runEncryption } from '../support/key-rotation.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

// What a command records is a log line of the service; a process of its own keeps those to itself.
Logger.overrideLogger(false);

let simulator: Simulator;
let accounts: SimulatedAccount[];
let gateways: RunningGateway[];

beforeEach(async () => {
  simulator = await Simulator.start();
  accounts = [simulator.addAccount(), simulator.addAccount()];
  gateways = [];
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await simulator.close();
});

async function start(environment: Record<string, string>): Promise<RunningGateway> {
  const gateway = await startGateway(simulator, {
    accounts: 0,
    ...gatewayEnvironment(simulator.url, accounts),
    ...environment,
  });
  gateways.push(gateway);
  return gateway;
}

async function stop(gateway: RunningGateway): Promise<void> {
  gateways = gateways.filter((each) => each !== gateway);
  await gateway.close();
}

async function store(gateway: RunningGateway, previous?: string): Promise<{ status: number; id: string }> {
  const response = await postResponses(gateway, { ...ASKED, ...(previous && { previous_response_id: previous }) });
  return { status: response.status, id: ((await response.json()) as { id: string }).id };
}

/** Between two requests of a line. As fast as can be, they would leave the change of the key no time. */
const PAUSE_MS = 30;

/** Requests one after the other, in six lines, until they are told to end; two of the lines store what they get. */
function weather(gateway: RunningGateway) {
  let isOver = false;
  const statuses: number[] = [];
  const lines = [0, 1, 2, 3, 4, 5].map(async (line) => {
    let previous: string | undefined;
    for (; !isOver; await setTimeout(PAUSE_MS)) {
      if (line > 1) {
        const response = await post(gateway, QUESTION);
        statuses.push(response.status);
        await response.text();
      } else {
        const { status, id } = await store(gateway, previous);
        statuses.push(status);
        previous = statuses.length % 20 < 10 ? id : undefined;
      }
    }
  });
  const end = async () => {
    isOver = true;
    await Promise.all(lines);
    return statuses;
  };
  return { statuses, end };
}

/** Until so many more requests have been answered. */
async function answered(statuses: readonly number[], more: number): Promise<void> {
  const target = statuses.length + more;
  while (statuses.length < target) await setTimeout(PAUSE_MS);
}

/** What the database has of the accounts while no gateway uses it, and what the service gave them last. */
async function refreshTokens(environment: Record<string, string>) {
  const { settings } = readConfiguration(environment);
  const encryption = new Encryption(masterKey(settings));
  const dataSource = await openUsedDatabase(settings, databaseSchema, encryption);
  const repository = new AccountRepository(dataSource, encryption);
  const found = await Promise.all(accounts.map(({ id }) => repository.findWithSecrets(id)));
  await dataSource.destroy();
  return {
    stored: found.map((each) => (each ? oidcSecretsOf(each).refreshToken : '')),
    given: accounts.map(({ refreshToken }) => refreshToken),
  };
}

describeOnEachDatabase('a change of the key', (database) => {
  let old: string;
  let next: string;
  let withOld: Record<string, string>;
  let withNew: Record<string, string>;

  beforeEach(() => {
    withOld = database().environment;
    old = withOld.ENCRYPTION_KEY ?? '';
    next = newKey();
    withNew = { ...withOld, ENCRYPTION_KEY: next };
  });

  const rotate = (onStep?: (step: RotationStep) => Promise<void>, environment = withOld, ...more: string[]) =>
    runEncryption({
      args: ['rotate', '--new-key-env', 'NEXT_KEY', '--wait', '0', ...more],
      environment: { ...environment, NEXT_KEY: next },
      onStep,
    });
  const run = (args: string[], environment = withNew) => runEncryption({ args, environment });

  it('goes on while gateways answer and renew tokens: no request fails, and no token is lost', async () => {
    await simulator.close();
    // At half of their two seconds tokens are renewed, each time with a new refresh token.
    simulator = await Simulator.start({ tokenLifetime: 2 });
    accounts = Array.from({ length: 6 }, () => simulator.addAccount());
    // One SQLite file is one gateway's.
    const running = [await start(withOld)];
    if (database().kind === 'postgres') running.push(await start(withOld));
    const weathers = running.map(weather);
    for (const { statuses } of weathers) await answered(statuses, 50);
    const renewalsBefore = accounts.map(({ renewals }) => renewals);
    const look = looking(...running);
    const steps: string[] = [];
    await rotate(async (step) => {
      steps.push(step.step);
      for (const { statuses } of weathers) await answered(statuses, 20);
      await look(step);
    });
    const areRenewed = () => accounts.every(({ renewals }, index) => renewals > (renewalsBefore[index] ?? 0) + 2);
    while (!areRenewed()) for (const { statuses } of weathers) await answered(statuses, 20);
    const statuses = (await Promise.all(weathers.map(({ end }) => end()))).flat();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(steps.slice(0, 2)).toEqual(['announced', 'taking over']);
    expect(steps.at(-1)).toBe('settled');
    const rows = await Promise.all(running.map(allRows));
    for (const gateway of running) await stop(gateway);
    expect(rows[0]).toContain(`"${keyIdOf(next)}.`);
    expect(rows[0]).not.toContain(`${keyIdOf(old)}.`);
    const { stored, given } = await refreshTokens(withNew);
    expect(stored).toEqual(given);
    expect((await post(await start(withNew), QUESTION)).status).toBe(200);
  });

  it('leaves API keys, stored responses, sign-ins and accounts as they are, with either key', async () => {
    const first = await start(withOld);
    const created = await post(first, { name: 'mine', scopes: ['inference'] }, { path: '/v2/api-keys' });
    const { key } = (await created.json()) as { key: string };
    const { id } = await store(first);
    const login = await post(first, { label: 'new' }, { path: '/v2/accounts/login' });
    const { loginId } = (await login.json()) as { loginId: string };
    await rotate(looking(first));
    await stop(first);
    for (const environment of [withOld, withNew]) {
      const gateway = await start(environment);
      const headers = { 'x-api-key': ADMIN_KEY };
      const pending = await fetch(`${gateway.url}/v2/accounts/login/${loginId}`, { headers });
      expect(await pending.json()).toMatchObject({ status: 'pending' });
      expect((await post(gateway, QUESTION, { headers: { 'x-api-key': key } })).status).toBe(200);
      expect((await store(gateway, id)).status).toBe(200);
      expect(await allRows(gateway)).not.toContain(`${keyIdOf(old)}.`);
      await stop(gateway);
      const { stored, given } = await refreshTokens(environment);
      expect(stored).toEqual(given);
    }
  });

  it('ends with the old key retired: it opens nothing any more, and the service that is running does not mind', async () => {
    const running = await start(withOld);
    const { id } = await store(running);
    await rotate(looking(running));
    await expect(run(['retire', keyIdOf(old)], withOld)).rejects.toThrow('is the ENCRYPTION_KEY of this very command');
    await expect(run(['retire', keyIdOf(next)])).rejects.toThrow('is the one in use');
    await expect(run(['retire', 'abc'])).rejects.toThrow('There is no key abc');
    await run(['retire', keyIdOf(old)]);
    expect((await store(running, id)).status).toBe(200);
    expect((await post(running, QUESTION)).status).toBe(200);
    await stop(running);

    await expect(start(withOld)).rejects.toThrow(
      `ENCRYPTION_KEY (key ${keyIdOf(old)}) was retired: this database is encrypted with key ${keyIdOf(next)} now.`,
    );
    await expect(run(['status'], withOld)).rejects.toThrow('was retired');
    const after = await start(withNew);
    expect((await store(after, id)).status).toBe(200);
  });

  it('shows the keys, and what each encrypted', async () => {
    const gateway = await start(withOld);
    await store(gateway);
    expect(await run(['status'], withOld)).toMatch(new RegExp(`${keyIdOf(old)} .* in use +yes +yes +2( +\\d)+$`));
    await rotate(looking(gateway));
    const { keys } = JSON.parse(await run(['status', '--json']));
    const values = { 'accounts.secrets': 2, 'stored_items.body': 2, 'stored_responses.items': 1 };
    expect(keys).toMatchObject([
      { id: keyIdOf(next), use: 'in use', opens: true, makesDigests: false, values },
      { id: keyIdOf(old), use: 'replaced', opens: true, makesDigests: true, values: { 'accounts.secrets': 0 } },
    ]);
    await run(['retire', keyIdOf(old)]);
    expect(JSON.parse(await run(['status', '--json'])).keys).toMatchObject([{ use: 'in use' }, { use: 'retired' }]);
  });

  it('is audited', async () => {
    const gateway = await start(withOld);
    await rotate(looking(gateway), withOld, '--retire');
    const rows = await gateway.app
      .get(DataSource)
      .query(`SELECT actor, action, target FROM audit_events WHERE action LIKE 'encryption.%' ORDER BY action DESC`);
    expect(rows).toEqual([
      { actor: 'command line', action: 'encryption.rotate', target: keyIdOf(next) },
      { actor: 'command line', action: 'encryption.retire', target: keyIdOf(old) },
    ]);
  });

  it('can follow another one, and a key that was left behind twice still opens everything', async () => {
    const gateway = await start(withOld);
    const { id } = await store(gateway);
    await rotate(looking(gateway));
    const third = newKey();
    await runEncryption({
      args: ['rotate', '--new-key-env', 'THIRD', '--wait', '0'],
      environment: { ...withNew, THIRD: third },
      onStep: looking(gateway),
    });
    expect((await store(gateway, id)).status).toBe(200);
    await stop(gateway);
    const withThird = { ...withOld, ENCRYPTION_KEY: third };
    for (const environment of [withOld, withNew, withThird]) {
      const opened = await start(environment);
      expect((await store(opened, id)).status).toBe(200);
      await stop(opened);
    }
    await run(['retire', keyIdOf(next)], withThird);
    await expect(start(withOld)).rejects.toThrow('was retired');
    await expect(start(withNew)).rejects.toThrow('was retired');
    expect((await store(await start(withThird), id)).status).toBe(200);
  });

  describe.each(['announced', 'taking over', 'rows written', 'settled'] as const)('that ends after “%s”', (last) => {
    const crash = async (step: RotationStep) => {
      if (step.step === last) throw new Error('killed');
    };

    it('leaves everything readable with both keys, and can be finished with either', async () => {
      const first = await start(withOld);
      const { id } = await store(first);
      await expect(rotate(crash)).rejects.toThrow('killed');
      await looking(first)({ step: 'settled', keyId: '' });
      expect((await store(first, id)).status).toBe(200);
      await stop(first);
      for (const environment of [withOld, withNew]) {
        const gateway = await start(environment);
        expect((await post(gateway, QUESTION)).status).toBe(200);
        expect((await store(gateway, id)).status).toBe(200);
        await stop(gateway);
      }
      // What was settled is not begun anew: the same key is no new one.
      const finished = ['rotate', '--wait', '0'];
      if (last === 'settled') await expect(rotate()).rejects.toThrow('is in use already');
      else await run(finished, withNew);
      const after = await start(withNew);
      expect(await allRows(after)).not.toContain(`${keyIdOf(old)}.`);
      expect((await store(after, id)).status).toBe(200);
      await run(['retire', keyIdOf(old)]);
      await stop(after);
      const { stored, given } = await refreshTokens(withNew);
      expect(stored).toEqual(given);
    });
  });

  it('that is not finished is not mixed with another one, nor retired', async () => {
    await stop(await start(withOld));
    await expect(rotate(async () => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
    const other = { ...withOld, OTHER: newKey() };
    await expect(run(['rotate', '--new-key-env', 'OTHER'], other)).rejects.toThrow(
      `The change to key ${keyIdOf(next)} is not finished`,
    );
    await expect(run(['retire', keyIdOf(old)])).rejects.toThrow('is not finished');
    await expect(run(['rotate', '--retire', '--wait', '0'], withOld)).rejects.toThrow('has to be given');
    await rotate();
  });

  it('is made by one command at a time', async () => {
    await stop(await start(withOld));
    let second: Promise<string> | undefined;
    await rotate(async () => {
      second ??= run(['rotate', '--wait', '0'], withOld);
      await expect(second).rejects.toThrow('Another command is changing the key');
    });
    expect(second).toBeDefined();
  });

  it('is refused with a wrong key, which changes nothing', async () => {
    await stop(await start(withOld));
    const wrong = { ...withOld, ENCRYPTION_KEY: newKey() };
    for (const args of [['rotate', '--new-key-env', 'NEXT_KEY'], ['status'], ['retire', keyIdOf(old)]]) {
      await expect(run(args, { ...wrong, NEXT_KEY: next })).rejects.toThrow('ENCRYPTION_KEY is not the key');
    }
    await expect(start(wrong)).rejects.toThrow('ENCRYPTION_KEY is not the key');
    const keys = JSON.parse(await run(['status', '--json'], withOld)).keys;
    expect(keys).toMatchObject([{ id: keyIdOf(old), use: 'in use' }]);
  });

  it('never loses what is written while it reads: a row that changed is looked at again', async () => {
    const gateway = await start(withOld);
    const repository = gateway.app.get(AccountRepository, { strict: false });
    const [account] = accounts;
    const id = account?.id ?? '';
    // The gateway does not look for keys: it goes on with the old one.
    await rotate(async ({ step }) => {
      if (step !== 'taking over') return;
      const read = await repository.findWithSecrets(id);
      if (!read) throw new Error('the account is gone');
      const secrets = { ...oidcSecretsOf(read), refreshToken: 'rotated meanwhile' };
      const token = { secrets, tokenExpiresAt: new Date(Date.now() + 3_600_000) };
      expect(await repository.storeToken(id, read.version, 'active', token, new Date())).toBe(true);
    });
    await stop(gateway);
    const after = await start({ ...withNew, AMAZONQ_ACCOUNT_COUNT: '0' });
    const stored = await after.app.get(AccountRepository, { strict: false }).findWithSecrets(id);
    expect(stored && oidcSecretsOf(stored).refreshToken).toBe('rotated meanwhile');
    expect(await allRows(after)).not.toContain(`${keyIdOf(old)}.`);
  });

  it('leaves a value that no key opens as it is, and says so', async () => {
    const gateway = await start(withOld);
    const dataSource = gateway.app.get(DataSource);
    const damaged = `${keyIdOf(old)}.bm90aGluZw==`;
    const [account] = accounts;
    await dataSource.query(`UPDATE accounts SET secrets = '${damaged}' WHERE id = '${account?.id}'`);
    const told = await rotate(looking(gateway));
    expect(told).toContain(`1 values of accounts.secrets can't be decrypted by any key (first: ${account?.id})`);
    expect(await allRows(gateway)).toContain(damaged);
  });
});

describeOnEachSharedDatabase('a change of the key', (database) => {
  let unused: Simulator;
  let gateway: RunningGateway;
  beforeAll(async () => {
    unused = await Simulator.start();
    gateway = await startGateway(unused, { ...database().environment, accounts: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await unused.close();
  });

  it.each([
    { name: 'no key', args: ['rotate'], message: 'the new key has to be given' },
    {
      name: 'the key that is in use',
      args: ['rotate', '--new-key-env', 'ENCRYPTION_KEY'],
      message: 'is in use already',
    },
    {
      name: 'a variable that is not there',
      args: ['rotate', '--new-key-env', 'NOPE'],
      message: 'NOPE: there is no key',
    },
    { name: 'what is no key', args: ['rotate', '--new-key-env', 'PLAIN'], message: 'PLAIN: 32 bytes' },
    { name: 'a key as an argument', args: ['rotate', newKey()], message: 'too many arguments' },
    { name: 'two keys', args: ['rotate', '--new-key-env', 'A', '--new-key-file', 'b'], message: 'not both' },
    { name: 'a long wait', args: ['rotate', '--wait', '9999'], message: '--wait' },
    { name: 'an unknown option', args: ['rotate', '--fast'], message: "unknown option '--fast'" },
    { name: 'an unknown command', args: ['revolve'], message: "unknown command 'revolve'" },
    { name: 'no key to retire', args: ['retire'], message: 'missing required argument' },
  ])('is refused: $name', async ({ args, message }) => {
    const { environment } = database();
    const before = await allRows(gateway);
    const run = runEncryption({ args, environment: { ...environment, PLAIN: 'secret' } });
    await expect(run).rejects.toThrow(message);
    const keys = await gateway.app.get(DataSource).query('SELECT id FROM encryption_keys');
    expect(keys).toEqual([{ id: keyIdOf(environment.ENCRYPTION_KEY ?? '') }]);
    expect(await allRows(gateway)).toBe(before);
  });
});

describeOnSqlite('a change of the key that is in a file', (database) => {
  let environment: Record<string, string>;
  let path: string;

  beforeEach(() => {
    environment = { ...database().environment, ENCRYPTION_KEY: '' };
    path = `${database().path}.key`;
  });

  const rotate = (onStep?: (step: RotationStep) => Promise<void>, ...more: string[]) =>
    runEncryption({ args: ['rotate', '--wait', '0', ...more], environment, onStep });
  const keyIn = (file: string) => keyIdOf(readFileSync(file, 'utf8'));

  it('makes a new one, and the old one is gone when it is done', async () => {
    const gateway = await start(environment);
    const { id } = await store(gateway);
    const before = keyIn(path);
    const told = await rotate(looking(gateway));
    const after = keyIn(path);
    expect(after).not.toBe(before);
    expect(told).not.toContain(readFileSync(path, 'utf8'));
    expect((await store(gateway, id)).status).toBe(200);
    expect((await readdir(dirname(path))).filter((name) => name.startsWith(basename(path)))).toEqual([basename(path)]);
    const { keys } = JSON.parse(await runEncryption({ args: ['status', '--json'], environment }));
    expect(keys).toMatchObject([
      { id: after, use: 'in use' },
      { id: before, use: 'retired' },
    ]);
    await stop(gateway);
    const again = await start(environment);
    expect((await store(again, id)).status).toBe(200);
    expect((await post(again, QUESTION)).status).toBe(200);
  });

  it('takes a given one', async () => {
    await stop(await start(environment));
    const given = newKey();
    const file = join(dirname(path), 'given');
    writeFileSync(file, `${given}\n`);
    await rotate(undefined, '--new-key-file', file);
    expect(keyIn(path)).toBe(keyIdOf(given));
  });

  it('has the new key written before anything is encrypted with it, and after the database has it', async () => {
    await stop(await start(environment));
    const before = keyIn(path);
    const seen: [string, boolean, boolean][] = [];
    await rotate(async ({ step }) => {
      const isNew = keyIn(path) !== before;
      seen.push([step, isNew, existsSync(`${path}.old`) && keyIn(`${path}.old`) === before]);
    });
    expect(seen).toEqual([
      ['announced', false, false],
      ['key file written', true, true],
      ['taking over', true, true],
      ['rows written', true, true],
      ['settled', true, true],
      ['retired', true, true],
      ['file rewritten', true, false],
    ]);
  });

  it.each(['announced', 'key file written', 'taking over', 'rows written', 'settled'] as const)(
    'that ends after “%s” can be run again',
    async (last) => {
      const first = await start(environment);
      const { id } = await store(first);
      await stop(first);
      const before = keyIn(path);
      await expect(
        rotate(async ({ step }) => {
          if (step === last) throw new Error('killed');
        }),
      ).rejects.toThrow('killed');
      const between = await start(environment);
      expect((await store(between, id)).status).toBe(200);
      await rotate(looking(between));
      expect((await store(between, id)).status).toBe(200);
      await stop(between);
      expect(existsSync(`${path}.old`)).toBe(false);
      const after = await start(environment);
      expect((await store(after, id)).status).toBe(200);
      expect(await allRows(after)).not.toContain(`${before}.`);
      const { keys } = JSON.parse(await runEncryption({ args: ['status', '--json'], environment }));
      expect(keys.map(({ use }: { use: string }) => use).slice(1)).not.toContain('replaced');
    },
  );

  it('makes nothing where there is no database, or no key', async () => {
    await expect(rotate()).rejects.toThrow('There is no key');
    writeFileSync(path, newKey());
    await expect(rotate()).rejects.toThrow('There is no database');
    expect(await readdir(dirname(path))).toEqual([basename(path)]);
  });

  it('leaves nothing that the old key encrypted in the bytes of the file', async () => {
    const gateway = await start(environment);
    await store(gateway);
    await stop(gateway);
    const before = keyIn(path);
    await rotate();
    const folder = dirname(path);
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
    expect(files.join('')).toContain(`${keyIn(path)}.`);
    expect(files.join('')).not.toContain(`${before}.`);
  });

  it('takes seconds for 1,000 accounts and 10,000 stored items, while requests are answered', async () => {
    const gateway = await start(environment);
    const now = new Date();
    const accountRows = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ id: `many-${index}`, label: `${index}`, provider: 'amazonq' as const, enabled: false },
      secrets: {
        kind: 'oidc' as const,
        clientId: 'c'.repeat(30),
        clientSecret: 's'.repeat(1_000),
        refreshToken: `r${index}`,
      },
    }));
    const repository = gateway.app.get(AccountRepository, { strict: false });
    for (let from = 0; from < 1_000; from += 100) await repository.insert(accountRows.slice(from, from + 100), now);
    const items = Array.from({ length: 10_000 }, (_, index) => ({
      id: `msg_${index}`,
      json: JSON.stringify({ type: 'message', role: 'user', content: 'x'.repeat(1_000) }),
      size: 1_000,
    }));
    await gateway.app.get(StoredItemRepository, { strict: false }).insert('key', items, now.getTime() + 3_600_000);
    const load = weather(gateway);
    const started = performance.now();
    await rotate(looking(gateway));
    const seconds = (performance.now() - started) / 1000;
    const statuses = await load.end();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(30);
    expect(await repository.findWithSecrets('many-999')).toMatchObject({ secrets: { refreshToken: 'r999' } });
    const sealed = await gateway.app.get(StoredItemRepository, { strict: false }).read('key', ['msg_9999'], 0);
    expect(sealed.get('msg_9999')).toMatchObject({ type: 'message' });
  }, 90_000);
});

describe('the command', () => {
  it('says how it is used', async () => {
    for (const args of [[], ['--help']])
      expect(await runEncryption({ args, environment: {} })).toContain('retire <key-id>');
    expect(await runEncryption({ args: ['rotate', '-h'], environment: {} })).toContain('--new-key-file <path>');
  });

  it('knows an encryption by its key only', () => {
    expect(keyIdOf(Buffer.alloc(32, 7).toString('base64'))).toBe(new Encryption(Buffer.alloc(32, 7)).keyId);
  });
});
