import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { loadEnvFile } from './load-env-file.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amq-env-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('takes over what the environment does not set, from files with a byte order mark too', async () => {
  const path = join(folder, '.env');
  await writeFile(path, '\ufeffPORT=1\r\nHOST="::1" # here\r\nLOG_LEVEL=debug\nEMPTY=full\n');
  const environment = { LOG_LEVEL: 'warn', EMPTY: '' };
  loadEnvFile(environment, path);
  expect(environment).toEqual({ PORT: '1', HOST: '::1', LOG_LEVEL: 'warn', EMPTY: '' });
});

it('does without a file, and takes a folder of that name for none', async () => {
  await mkdir(join(folder, '.env'));
  for (const name of ['.env', 'missing']) {
    const environment = {};
    loadEnvFile(environment, join(folder, name));
    expect(environment).toEqual({});
  }
});

it('says which file can’t be read, and why', () => {
  expect(() => loadEnvFile({}, 'x'.repeat(300))).toThrow(/^x{300} can't be read: ENAMETOOLONG$/);
});
