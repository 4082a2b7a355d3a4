import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../config/configuration.js';
import { masterKey } from './master-key.js';

describe('masterKey', () => {
  let directory: string;
  let path: string;
  const settings = (environment: Record<string, string> = {}) =>
    readConfiguration({ DATABASE_PATH: join(directory, 'data', 'amq.db'), ...environment }).settings;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'amq-master-key-'));
    path = join(directory, 'data', 'amq.db.key');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('is the one of the settings, and then no file is made', () => {
    expect(masterKey(settings({ ENCRYPTION_KEY: 'ab'.repeat(32) }))).toEqual(Buffer.alloc(32, 0xab));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is made once, next to the database, for its owner only', () => {
    const key = masterKey(settings());
    expect(key).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'data'))).toEqual(['amq.db.key']);
  });

  it('is the same at the next start', () => {
    const key = masterKey(settings());
    const stored = readFileSync(path, 'utf8');
    expect(masterKey(settings())).toEqual(key);
    expect(readFileSync(path, 'utf8')).toBe(stored);
  });

  it('is another one for another database', () => {
    expect(masterKey(settings())).not.toEqual(masterKey(settings({ DATABASE_PATH: join(directory, 'other.db') })));
  });

  it('refuses a damaged file and leaves it as it is', () => {
    masterKey(settings());
    writeFileSync(path, 'c2hvcnQ=');
    expect(() => masterKey(settings())).toThrow(`${path} does not hold a key of 32 bytes`);
    expect(readFileSync(path, 'utf8')).toBe('c2hvcnQ=');
  });

  it('is not made anew for a database whose key is gone', () => {
    mkdirSync(join(directory, 'data'));
    writeFileSync(join(directory, 'data', 'amq.db'), 'SQLite format 3');
    expect(() => masterKey(settings())).toThrow(`${path} is gone`);
    expect(readdirSync(join(directory, 'data'))).toEqual(['amq.db']);
  });

  it('is made for a file that somebody touched', () => {
    mkdirSync(join(directory, 'data'));
    writeFileSync(join(directory, 'data', 'amq.db'), '');
    expect(masterKey(settings())).toHaveLength(32);
  });
});
