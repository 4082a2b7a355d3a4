import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { processEnvironment } from '../support/process-environment.js';

/** The built command line as a process of its own. */
const ENTRY = join(process.cwd(), 'dist/src/commands/amq-gateway.js');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amq-cli-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (args: string[], environment = {}, output: 'pipe' | number = 'pipe') =>
  spawn(process.execPath, [ENTRY, ...args], {
    cwd: folder,
    env: { ...processEnvironment, ...environment },
    stdio: ['ignore', output, 'pipe'],
  });

/** Its standard error, and its status. */
async function endOf(child: ReturnType<typeof run>): Promise<{ told: string; status: number | null }> {
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk;
  });
  const [status] = await once(child, 'close');
  return { told, status };
}

it('cancels a sign-in when npm hands on the Ctrl-C that the terminal sent as well', async () => {
  const asked: string[] = [];
  const signIn = {
    loginId: 'it',
    status: 'pending',
    userCode: 'CODE',
    verificationUri: 'http://127.0.0.1/',
    verificationUriComplete: 'http://127.0.0.1/?CODE',
    expiresAt: '2030-01-01T00:00:00Z',
    startUrl: '',
    region: '',
  };
  const gateway = createServer((request, response) => {
    asked.push(`${request.method}`);
    if (request.method === 'DELETE') response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(signIn));
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const child = run(['accounts', 'login', '--url', url], { AMQ_GATEWAY_KEY: 'amq_x' });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (!String(chunk).includes('Code ')) return;
    // Two of a kind would arrive as one now and then.
    child.kill('SIGINT');
    child.kill('SIGTERM');
  });
  const { told, status } = await endOf(child);
  expect(told).toMatch(/Cancelled\n$/);
  expect([130, 143]).toContain(status);
  expect(asked.at(-1)).toBe('DELETE');
  gateway.closeAllConnections();
  gateway.close();
});

it('says so when the result can’t be written', async () => {
  await using full = await open('/dev/full', 'w');
  const { told, status } = await endOf(run(['--version'], {}, full.fd));
  expect([status, told]).toEqual([1, expect.stringContaining('could not be written: ENOSPC')]);
});

it('explains itself beside a folder that is called .env', async () => {
  await mkdir(join(folder, '.env'));
  const child = run(['health'], { PORT: '9' });
  expect(await endOf(child)).toEqual({ told: '', status: 1 });
});

it('tells in one line why the database can’t be opened', async () => {
  const withKey = (byte: number) => ({ ENCRYPTION_KEY: Buffer.alloc(32, byte).toString('base64') });
  expect(await endOf(run(['migrate'], withKey(1)))).toEqual({ told: '', status: 0 });
  expect(await endOf(run(['keys', 'list'], withKey(2)))).toEqual({
    told: expect.stringMatching(/^ENCRYPTION_KEY is not the key [^\n]+\n$/),
    status: 1,
  });
});
