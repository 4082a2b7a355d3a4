import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Simulator } from '../../simulator/simulator.js';
import { post as postJson } from '../../simulator/testing/ask-simulator.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { amqGateway, type CommandLineOptions } from '../support/command-line.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { bareEntry } from '../support/import-files.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

Logger.overrideLogger(false);

describeOnEachDatabase('amq-gateway', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway | undefined;
  let folder: string;

  beforeEach(async () => {
    simulator = await Simulator.start();
    folder = await mkdtemp(join(tmpdir(), 'amq-cli-'));
  });
  afterEach(async () => {
    await gateway?.close();
    gateway = undefined;
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = () => ({
    ...database().environment,
    AMAZONQ_API_ENDPOINT: simulator.url,
    AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
    PORT: '0',
  });
  const here = (args: string[], options: CommandLineOptions = {}) =>
    amqGateway(args, { folder, ...options, environment: { ...environment(), ...options.environment } });
  const start = async (settings: Record<string, string> = {}) => {
    gateway = await startGateway(simulator, { accounts: 0, ...environment(), ...settings });
    return gateway;
  };
  const there = (args: string[], { url }: RunningGateway, options: CommandLineOptions = {}) =>
    amqGateway([...args, '--url', url], {
      folder,
      ...options,
      environment: { AMQ_GATEWAY_KEY: ADMIN_KEY, ...options.environment },
    });
  const importOne = async () => {
    await writeFile(join(folder, 'one.json'), JSON.stringify(bareEntry(simulator.addAccount())));
    expect(await here(['accounts', 'import', 'one.json'])).toMatchObject({ status: 0 });
  };
  /** Confirms a sign-in when its code is shown. */
  const confirming = (action: 'approve' | 'deny', body: object = {}) => ({
    onTold: (text: string) => {
      const code = /^Code +(\S+)/.exec(text)?.[1];
      if (code) void postJson(`${simulator.url}/__simulator/device/${code}/${action}`, body);
    },
  });

  it('makes, shows and revokes keys, in the database and through a gateway', async () => {
    const running = await start();
    for (const run of [here, (args: string[]) => there(args, running)]) {
      const made = await run(['keys', 'create', 'laptop', '--requests-per-minute', '60', '--model', 'claude-*']);
      expect(made).toMatchObject({ status: 0, printed: expect.stringMatching(/^amq_\S+\n$/) });
      const key = made.printed.trim();
      await eventually(async () => (await fetch(`${running.url}/v1/models`, { headers: { 'x-api-key': key } })).ok);

      const { data } = JSON.parse((await run(['keys', 'list', '--json'])).printed);
      const listed = data.find(({ name }: { name: string }) => name === 'laptop');
      expect(listed).toMatchObject({ scopes: ['inference'], requestsPerMinute: 60, allowedModels: ['claude-*'] });
      const table = await run(['keys', 'list']);
      expect(table.printed).toMatch(/^id +name +key +scopes +enabled +expires +last used\n/);
      expect(table.printed + JSON.stringify(data)).not.toContain(key);

      const revoked = await run(['keys', 'revoke', listed.id, 'nobody', '--json']);
      expect(revoked.status).toBe(1);
      expect(JSON.parse(revoked.printed)).toMatchObject({ revoked: [listed.id], errors: [{ id: 'nobody' }] });
      await eventually(
        async () => (await fetch(`${running.url}/v1/models`, { headers: { 'x-api-key': key } })).status === 401,
      );
    }
  });

  it('names what is wrong with a key that is wanted', async () => {
    const running = await start();
    for (const run of [here, (args: string[]) => there(args, running)]) {
      expect(await run(['keys', 'create', 'x', '--requests-per-minute', '0'])).toMatchObject({
        status: 1,
        printed: '',
        told: expect.stringContaining('requestsPerMinute'),
      });
      expect(await run(['keys', 'create', 'x', '--scope', 'root'])).toMatchObject({
        status: 1,
        told: expect.stringContaining('scopes'),
      });
    }
    expect(await here(['keys', 'create', 'x', '--max-concurrent', 'many'])).toMatchObject({ status: 2, printed: '' });
  });

  it('takes the key for --url from a file or standard input, and nothing else', async () => {
    const running = await start();
    await writeFile(join(folder, 'key'), `${ADMIN_KEY}\n`);
    const list = ['keys', 'list', '--json'];
    const none = { environment: { AMQ_GATEWAY_KEY: undefined } };
    expect(await there([...list, '--key-file', 'key'], running, none)).toMatchObject({ status: 0 });
    expect(await there([...list, '--key-file', '-'], running, { ...none, input: ADMIN_KEY })).toMatchObject({
      status: 0,
    });
    expect(await there([...list, '--key-file', 'missing'], running, none)).toMatchObject({ status: 2 });
    expect(await there(list, running, none)).toMatchObject({
      status: 2,
      told: expect.stringContaining('AMQ_GATEWAY_KEY'),
    });
    expect(await here([...list, '--key-file', 'key'])).toMatchObject({ status: 2 });
  });

  it('shows neither a key that no header can carry nor a password in --url', async () => {
    const npmTalked = '> amq-gateway@0.1.0 amq-gateway\namq_SECRET';
    await writeFile(join(folder, 'key'), npmTalked);
    const at = ['--url', 'http://127.0.0.1:9'];
    for (const command of [['keys', 'list'], ['accounts', 'list'], ['doctor'], ['client', 'setup', 'env']]) {
      const runs = [
        await amqGateway([...command, ...at], { environment: { AMQ_GATEWAY_KEY: npmTalked } }),
        await amqGateway([...command, ...at, '--key-file', 'key'], { folder }),
        await amqGateway([...command, '--url', 'http://me:SECRET@127.0.0.1:9'], {
          environment: { AMQ_GATEWAY_KEY: 'amq_x' },
        }),
      ];
      for (const run of runs) expect(run).toMatchObject({ status: 2, printed: '' });
      expect(runs.map(({ told }) => told).join()).not.toContain('SECRET');
    }
    expect(await amqGateway(['health', '--url', 'http://me:SECRET@127.0.0.1:9'])).toMatchObject({
      status: 2,
      printed: '',
    });
  });

  it('forgives the /v1 of clients in --url', async () => {
    const running = await start();
    expect(await there(['keys', 'list'], { ...running, url: `${running.url}/v1/` })).toMatchObject({ status: 0 });
  });

  it('exports into a new file, which is whole or not there', async () => {
    await importOne();
    const running = await start();
    const into = ['accounts', 'export', '--output', 'saved.json'];
    const refused = await there(into, running, { environment: { AMQ_GATEWAY_KEY: 'amq_wrong' } });
    const interrupted = await there(into, running, { interruption: AbortSignal.abort() });
    expect([refused.status, interrupted.status]).toEqual([1, 1]);
    expect(await readdir(folder)).toEqual(['one.json']);

    expect(await there(into, running)).toMatchObject({ status: 0, printed: '' });
    const saved = await readFile(join(folder, 'saved.json'), 'utf8');
    expect(JSON.parse(saved).accounts).toHaveLength(1);
    expect(await here(into)).toMatchObject({ status: 1, told: expect.stringContaining('saved.json is there already') });
    expect(await readFile(join(folder, 'saved.json'), 'utf8')).toBe(saved);
  });

  it('signs an account in, in the database and through a gateway', async () => {
    const running = await start();
    for (const run of [here, (args: string[], options: CommandLineOptions) => there(args, running, options)]) {
      const done = await run(['accounts', 'login', '--json'], confirming('approve'));
      expect(done).toMatchObject({ status: 0, told: expect.stringContaining('/device?user_code=') });
      const { status, accountId } = JSON.parse(done.printed);
      expect(status).toBe('complete');
      const { data } = JSON.parse((await here(['accounts', 'list', '--json'])).printed);
      expect(data).toContainEqual(expect.objectContaining({ id: accountId, status: 'active' }));

      const denied = await run(['accounts', 'login'], confirming('deny'));
      expect(denied).toMatchObject({ status: 1, printed: '', told: expect.stringContaining('denied') });
    }
    await eventually(async () => (await post(running, QUESTION)).status === 200);
  });

  it('cancels a sign-in that is interrupted', async () => {
    const running = await start();
    for (const run of [here, (args: string[], options: CommandLineOptions) => there(args, running, options)]) {
      const interruption = new AbortController();
      const onTold = (text: string) => text.startsWith('Code') && interruption.abort();
      const { told } = await run(['accounts', 'login'], { onTold, interruption: interruption.signal });
      expect(told).toMatch(/Cancelled\n$/);
    }
    const events = await fetch(`${running.url}/v2/audit?action=account.login.cancel`, {
      headers: { 'x-api-key': ADMIN_KEY },
    });
    expect(((await events.json()) as { data: unknown[] }).data).toHaveLength(2);
  });

  it('says what of a sign-in can’t be', async () => {
    expect(await here(['accounts', 'login', '--start-url', 'http://x'])).toMatchObject({
      status: 1,
      told: expect.stringContaining('startUrl must begin with https://'),
    });
  });

  it('probes accounts, in the database and through a gateway', async () => {
    await importOne();
    const running = await start();
    await eventually(async () => (await post(running, QUESTION)).status === 200);
    for (const run of [here, (args: string[]) => there(args, running)]) {
      const all = await run(['accounts', 'probe', '--json']);
      expect(all.status).toBe(0);
      const { data } = JSON.parse(all.printed);
      expect(data).toEqual([expect.objectContaining({ ok: true, status: 'active', latencyMs: expect.any(Number) })]);
      expect((await run(['accounts', 'probe', data[0].id])).printed).toMatch(/answered +active/);
      expect(await run(['accounts', 'probe', 'nobody'])).toMatchObject({
        status: 1,
        printed: '',
        told: expect.stringContaining('nobody'),
      });
    }
  });

  it('doctor finds nothing wrong where nothing is, and changes nothing', async () => {
    await importOne();
    await here(['accounts', 'probe']); // its token is good from now on
    const found = await here(['doctor', '--json']);
    const { ok, findings } = JSON.parse(found.printed);
    expect(findings.filter(({ state }: { state: string }) => state === 'wrong')).toEqual([]);
    expect([ok, found.status]).toEqual([true, 0]);
    const says = new Map<string, string>(findings.map(({ check, says }: Record<string, string>) => [check, says]));
    expect(says.get('accounts')).toBe('1 of 1 can be used');
    expect(says.get('encryption key')).toContain('opens what is stored');
    expect(says.get('Amazon Q')).toContain('answers');
    expect(says.get('clock')).toContain('agrees');
    expect(says.get('request')).toContain('answered with');
  });

  it('doctor says what is wrong, and what to do', async () => {
    await importOne();
    const { url } = simulator;
    await simulator.close();
    const found = await here(['doctor'], { environment: { ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') } });
    expect(found.status).toBe(1);
    expect(found.printed).toMatch(
      /✗ encryption key: \S+ does not open this database[^\n]*\n +→ Set the ENCRYPTION_KEY/,
    );
    expect(found.printed).toContain(`✗ Amazon Q: ${url}: connect ECONNREFUSED`);
    expect(found.printed).toContain('– clock: not checked');
    const wrong = await here(['doctor', '--json'], { environment: { PORT: 'x', MAX_ATTEMPTS: '99' } });
    expect(wrong.status).toBe(1);
    expect(wrong.printed).toMatch(/PORT: .*MAX_ATTEMPTS: /);
    simulator = await Simulator.start();
  });

  it('doctor asks a running gateway, as far as the key may', async () => {
    await importOne();
    const running = await start();
    await eventually(async () => (await post(running, QUESTION)).status === 200);
    const found = await there(['doctor'], running);
    expect(found).toMatchObject({ status: 0, told: expect.stringContaining('Nothing is wrong') });
    expect(found.printed).toMatch(/✓ request: account \S+ answered with/);
    const made = await there(['keys', 'create', 'client'], running);
    const client = await there(['doctor'], running, { environment: { AMQ_GATEWAY_KEY: made.printed.trim() } });
    expect(client.printed).toMatch(/– key: is good, and none of an administrator\n[\s\S]*✓ request: answered with/);
    const stranger = await there(['doctor'], running, { environment: { AMQ_GATEWAY_KEY: 'amq_wrong' } });
    expect(stranger).toMatchObject({ status: 1, printed: expect.stringContaining('✗ key: is not known there') });
    const nobody = await there(['doctor', '--json'], running, { environment: { AMQ_GATEWAY_KEY: undefined } });
    expect(JSON.parse(nobody.printed)).toMatchObject({ ok: true });
    expect(await amqGateway(['doctor', '--url', simulator.url])).toMatchObject({
      status: 1,
      printed: expect.stringContaining('is no gateway'),
    });
  });

  it('doctor makes neither a folder nor a key where there is nothing yet', async () => {
    const settings = { DATABASE_URL: undefined, ENCRYPTION_KEY: undefined, DATABASE_PATH: join(folder, 'data/new.db') };
    const found = await here(['doctor', '--no-request'], { environment: settings });
    expect(found).toMatchObject({ status: 0, printed: expect.stringContaining('new.db is not there yet') });
    expect(await readdir(folder)).toEqual([]);
  });
});
