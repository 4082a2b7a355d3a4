import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { amqGateway } from '../support/command-line.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const JSON_OWN = '{\n\t"permissions": {},\n\t"env": { "OF_MINE": "1" }\n}';
const TOML_OWN = 'approval_policy = "never" # why\n\n[features]\napps = true';

const KINDS = [
  { client: 'claude-code', file: '.claude/settings.json', own: JSON_OWN },
  { client: 'codex', file: '.codex/config.toml', own: TOML_OWN },
  { client: 'env', file: '.config/amq-gateway/env.sh', own: undefined },
] as const;

describe('amq-gateway client setup', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let home: string;
  let key: string;

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator);
    key = (await createdKey()).key;
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'amq-home-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const setup = (args: string[], environment: Record<string, string | undefined> = {}, input?: string) =>
    amqGateway(['client', 'setup', ...args, '--url', gateway.url], {
      environment: { HOME: home, SHELL: '/bin/bash', AMQ_GATEWAY_KEY: key, ...environment },
      folder: home,
      ...(input !== undefined && { input }),
    });
  const admin = async <Answer>(path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' };
    return (await fetch(`${gateway.url}${path}`, { ...init, headers })).json() as Promise<Answer>;
  };
  const createdKey = (): Promise<{ key: string }> =>
    admin('/v2/api-keys', { method: 'POST', body: JSON.stringify({ name: 'somebody' }) });
  const keyNames = async (): Promise<string[]> =>
    (await admin<{ data: { name: string }[] }>('/v2/api-keys?limit=200')).data.map(({ name }) => name);
  const put = async (file: string, content: string, mode = 0o644) => {
    const path = join(home, file);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
    await chmod(path, mode);
    return path;
  };
  const everything = async () => {
    const files = await readdir(home, { recursive: true, withFileTypes: true });
    return files.map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1)).sort();
  };
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  it('prints what to paste, and writes nothing', async () => {
    const claude = await setup(['claude-code']);
    expect(claude).toMatchObject({ status: 0, told: expect.stringContaining('.claude/settings.json') });
    expect(JSON.parse(claude.printed).env).toMatchObject({
      ANTHROPIC_BASE_URL: gateway.url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: 'claude-sonnet-5-5',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-5-5',
    });
    expect((await setup(['codex'])).printed).toContain(`base_url = "${gateway.url}/v1"`);
    expect((await setup(['env'])).printed).toContain(`export OPENAI_BASE_URL='${gateway.url}/v1'\n`);
    expect(await everything()).toEqual([]);
  });

  it.each([
    ['fish', "set -gx OPENAI_API_KEY 'it\\'s\\\\'\n"],
    ['powershell', "$env:OPENAI_API_KEY = 'it''s\\'\n"],
    ['sh', "export OPENAI_API_KEY='it'\\''s\\'\n"],
    ['dotenv', 'OPENAI_MODEL=claude-sonnet-4-5\n'],
  ])('quotes for %s', async (shell, line) => {
    const { printed } = await setup(['env', '--shell', shell, '--no-check', '--key-file', '-'], {}, "it's\\");
    expect(printed).toContain(line);
  });

  it.each(KINDS)('writes the settings of $client, and takes them out again without a trace', async (kind) => {
    const { client, file, own } = kind;
    if (own !== undefined) await put(file, own);
    const before = await everything();
    const written = await setup([client, '--write']);
    expect(written.status).toBe(0);
    expect(await readFile(join(home, file), 'utf8')).toContain(gateway.url);
    expect(await setup([client, '--write'])).toMatchObject({
      status: 0,
      printed: expect.stringContaining('unchanged'),
    });

    expect(await setup([client, '--undo'])).toMatchObject({ status: 0 });
    expect(await everything()).toEqual(before);
    if (own === undefined) return;
    expect(await readFile(join(home, file), 'utf8')).toBe(own);
    expect(await modeOf(join(home, file))).toBe(0o644);
    expect(await setup([client, '--undo'])).toMatchObject({
      status: 0,
      told: expect.stringContaining('nothing to undo'),
    });
  });

  it.each(KINDS)('leaves nothing of $client where nothing was', async ({ client }) => {
    await setup([client, '--write']);
    await setup([client, '--undo']);
    expect(await everything()).toEqual([]);
  });

  it.each(KINDS)('lets nobody else read the key of $client', async ({ client, file }) => {
    if (client !== 'env') await put(file, client === 'codex' ? '' : '{}');
    await setup([client, '--write']);
    for (const path of await everything()) {
      const found = await stat(join(home, path));
      if (found.isDirectory()) continue;
      const content = await readFile(join(home, path), 'utf8');
      if (content.includes(key)) expect([path, found.mode & 0o077]).toEqual([path, 0]);
    }
  });

  it('says what it would do, and does not', async () => {
    await put('.codex/config.toml', TOML_OWN);
    const before = await everything();
    const planned = await setup(['codex', '--write', '--dry-run', '--json', '--create-key'], {
      AMQ_GATEWAY_KEY: ADMIN_KEY,
    });
    expect(JSON.parse(planned.printed)).toMatchObject({
      mode: 'dry-run',
      createdKey: null,
      files: [{ change: 'changed' }, { change: 'created' }],
    });
    expect(planned.printed).not.toContain(ADMIN_KEY);
    expect(await everything()).toEqual(before);
    expect(await keyNames()).not.toContainEqual(expect.stringContaining('codex on'));
  });

  it('writes anew over what it wrote, also when the file was changed since, and undoes only its own', async () => {
    const path = await put('.claude/settings.json', JSON_OWN);
    await setup(['claude-code', '--write']);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"permissions": {}', '"permissions": {"deny": []}'));
    expect((await setup(['claude-code', '--write', '--model', 'claude-opus-4-5'])).status).toBe(0);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      permissions: { deny: [] },
      env: { OF_MINE: '1', ANTHROPIC_MODEL: 'claude-opus-4-5', CLAUDE_CODE_AUTO_COMPACT_WINDOW: '200000' },
    });
    await setup(['claude-code', '--undo']);
    expect(await readFile(path, 'utf8')).toBe(JSON_OWN.replace('"permissions": {}', '"permissions": {"deny": []}'));
  });

  it('does not overwrite what it did not write, unless told to, and puts that back', async () => {
    const own = '{"env": {"ANTHROPIC_BASE_URL": "https://api.example.com"}}';
    const path = await put('.claude/settings.json', own);
    const refused = await setup(['claude-code', '--write']);
    expect(refused).toMatchObject({ status: 1, told: expect.stringContaining('ANTHROPIC_BASE_URL') });
    expect(await readFile(path, 'utf8')).toBe(own);
    expect((await setup(['claude-code', '--write', '--replace'])).status).toBe(0);
    await setup(['claude-code', '--undo']);
    expect(await readFile(path, 'utf8')).toBe(own);

    const file = await put('mine.env', 'MINE=1\n');
    expect(await setup(['env', '--write', '--file', 'mine.env'])).toMatchObject({ status: 1 });
    expect(await readFile(file, 'utf8')).toBe('MINE=1\n');
    const keyFile = await put('.codex/amq-gateway.key', 'mine');
    expect(await setup(['codex', '--write'])).toMatchObject({ status: 1, told: expect.stringContaining(keyFile) });
    expect(await everything()).not.toContain('.codex/config.toml');
  });

  it('keeps a link a link, and tells where the key went', async () => {
    const target = await put('dotfiles/settings.json', JSON_OWN);
    await mkdir(join(home, '.claude'));
    await symlink(target, join(home, '.claude/settings.json'));
    const written = await setup(['claude-code', '--write']);
    expect(written.told).toContain(`is a link: ${target}`);
    expect(await readFile(target, 'utf8')).toContain(key);
    expect(await readdir(join(home, 'dotfiles'))).toEqual(['settings.json']);
    await setup(['claude-code', '--undo']);
    expect(await readFile(target, 'utf8')).toBe(JSON_OWN);
  });

  it.each([
    ['a folder in its place', () => mkdir(join(home, '.claude/settings.json'), { recursive: true }), /is no file/],
    ['a file on the way', () => put('.claude', ''), /no folder/],
    [
      'a link to nowhere',
      async () => {
        await mkdir(join(home, '.claude'));
        await symlink('/nowhere/at/all', join(home, '.claude/settings.json'));
      },
      /leads nowhere/,
    ],
    [
      'what is not UTF-8',
      async () => {
        await writeFile(await put('.claude/settings.json', ''), Buffer.from([0x7b, 0xff, 0x7d]));
      },
      /UTF-8/,
    ],
    ['more than settings are', () => put('.claude/settings.json', ' '.repeat(1024 * 1024 + 1)), /larger than/],
  ])('says what is wrong with %s', async (_, spoil, why) => {
    await spoil();
    expect(await setup(['claude-code', '--write'])).toMatchObject({ status: 1, told: expect.stringMatching(why) });
  });

  it('honours CLAUDE_CONFIG_DIR, CODEX_HOME and XDG_CONFIG_HOME', async () => {
    const environment = {
      CLAUDE_CONFIG_DIR: join(home, 'a'),
      CODEX_HOME: join(home, 'b'),
      XDG_CONFIG_HOME: join(home, 'c'),
    };
    for (const client of ['claude-code', 'codex', 'env']) await setup([client, '--write'], environment);
    expect(await everything()).toEqual(
      expect.arrayContaining(['a/settings.json', 'b/config.toml', 'b/amq-gateway.key', 'c/amq-gateway/env.sh']),
    );
  });

  it('makes a key of its own for the client, and takes it back when it can not be written', async () => {
    const made = await setup(['claude-code', '--write', '--create-key', 'laptop'], { AMQ_GATEWAY_KEY: ADMIN_KEY });
    expect(made).toMatchObject({ status: 0, told: expect.stringContaining('laptop') });
    expect(await readFile(join(home, '.claude/settings.json'), 'utf8')).not.toContain(ADMIN_KEY);
    expect(await keyNames()).toContain('laptop');

    await put('.codex/config.toml', 'model = "mine"');
    const refused = await setup(['codex', '--write', '--create-key', 'unused'], { AMQ_GATEWAY_KEY: ADMIN_KEY });
    expect(refused.status).toBe(1);
    expect(await keyNames()).not.toContain('unused');

    const plain = await setup(['env', '--write', '--create-key'], {});
    expect(plain).toMatchObject({ status: 1, told: expect.stringContaining('No key was made') });
  });

  it('asks the gateway before it writes', async () => {
    expect(await setup(['codex', '--write', '--model', 'nobody'])).toMatchObject({
      status: 1,
      told: expect.stringMatching(/knows no model nobody. It lists: claude-/),
    });
    expect(await setup(['codex', '--write'], { AMQ_GATEWAY_KEY: 'wrong' })).toMatchObject({
      status: 1,
      told: expect.stringContaining('does not let this key use its models'),
    });
    expect(await everything()).toEqual([]);
    expect((await setup(['codex', '--write', '--no-check'], { AMQ_GATEWAY_KEY: 'wrong' })).status).toBe(0);
  });

  it.each([
    [['claude-code', '--write', '--undo'], '--write and --undo'],
    [['claude-code', '--model', 'a b'], '--model'],
    [['env', '--shell', 'tcsh'], 'shell'],
    [['cursor'], 'cursor'],
  ])('calls %j wrong usage', async (args, told) => {
    expect(await setup(args)).toMatchObject({ status: 2, told: expect.stringContaining(told) });
  });

  it('wants a key, from the environment, a file or standard input, and never as an argument', async () => {
    expect(await setup(['env'], { AMQ_GATEWAY_KEY: undefined })).toMatchObject({
      status: 2,
      told: expect.stringContaining('AMQ_GATEWAY_KEY'),
    });
    await put('key.txt', `${key}\n`);
    expect((await setup(['env', '--key-file', 'key.txt'], { AMQ_GATEWAY_KEY: undefined })).printed).toContain(key);
    expect((await setup(['env', '--key-file', '-'], { AMQ_GATEWAY_KEY: undefined }, key)).printed).toContain(key);
  });

  it('prints one JSON document', async () => {
    const written = await setup(['claude-code', '--write', '--json']);
    expect(JSON.parse(written.printed)).toMatchObject({
      client: 'claude-code',
      mode: 'write',
      url: gateway.url,
      model: 'claude-sonnet-5-5',
      files: [{ path: join(home, '.claude/settings.json'), change: 'created' }],
    });
    expect(written.printed).not.toContain(key);
    expect(JSON.parse((await setup(['claude-code', '--undo', '--json'])).printed)).toMatchObject({ mode: 'undo' });
  });
});
