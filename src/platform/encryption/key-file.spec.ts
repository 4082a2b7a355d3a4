import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyFile } from './key-file.js';
import { RootKey } from './root-key.js';

describe('the key file', () => {
  let folder: string;
  let file: KeyFile;
  const [before, after] = [new RootKey(randomBytes(32)), new RootKey(randomBytes(32))];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amq-key-file-'));
    file = new KeyFile(join(folder, 'amq.db'));
    writeFileSync(file.path, before.text, { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gets another key, and the one before is kept; both for their owner only', () => {
    file.replace(after);
    expect(readdirSync(folder).toSorted()).toEqual(['amq.db.key', 'amq.db.key.old']);
    expect([file.path, file.oldPath].map((path) => readFileSync(path, 'utf8'))).toEqual([after.text, before.text]);
    expect([file.path, file.oldPath].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('does not lose the key before when it is asked again', () => {
    file.replace(after);
    file.replace(after);
    expect(readFileSync(file.oldPath, 'utf8')).toBe(before.text);
  });

  it('replaces what a link leads to, and leaves the link', () => {
    const elsewhere = join(folder, 'elsewhere');
    renameSync(file.path, elsewhere);
    symlinkSync(elsewhere, file.path);
    file.replace(after);
    expect(lstatSync(file.path).isSymbolicLink()).toBe(true);
    expect([elsewhere, file.oldPath].map((path) => readFileSync(path, 'utf8'))).toEqual([after.text, before.text]);
  });

  it('is made whole, and never over another one', () => {
    file.create(after);
    expect(readFileSync(file.path, 'utf8')).toBe(before.text);
    rmSync(file.path);
    writeFileSync(`${file.path}.${process.pid}`, 'half a k', { mode: 0o644 });
    file.create(after);
    expect(readFileSync(file.path, 'utf8')).toBe(after.text);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['amq.db.key']);
  });

  it('goes on where a process ended in the middle', () => {
    writeFileSync(`${file.path}.new`, 'half a k', { mode: 0o644 });
    file.replace(after);
    expect(new RootKey(file.read()).id).toBe(after.id);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file.path}.new`)).toBe(false);
  });

  it('removes the old key, if it is that one', () => {
    file.replace(after);
    file.forgetOld(after.id);
    expect(existsSync(file.oldPath)).toBe(true);
    file.forgetOld(before.id);
    file.forgetOld(before.id);
    expect(readdirSync(folder)).toEqual(['amq.db.key']);
  });
});
