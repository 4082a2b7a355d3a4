import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Encryption } from '../../encryption/encryption.js';
import { RootKey } from '../../encryption/root-key.js';
import { KeyWatcher } from './key-watcher.service.js';

const [first, second] = [new RootKey(randomBytes(32)), new RootKey(randomBytes(32))];
const firstRow = { id: first.id, generation: 1, state: 'settled', created_at: 0, wrapped_by: null, wrapped: null };
const secondRow = (state: string, by: RootKey = first) => ({
  ...{ id: second.id, generation: 2, state, created_at: '17' },
  ...{ wrapped_by: by.id, wrapped: by.wrap(second) },
});

describe('the watcher of keys', () => {
  const query = jest.fn<() => Promise<object[]>>();
  let encryption: Encryption;
  let watcher: KeyWatcher;
  let complained: jest.Spied<Logger['error']>;

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    complained = jest.spyOn(Logger.prototype, 'error');
    query.mockReset().mockResolvedValue([firstRow]);
    encryption = new Encryption(Buffer.from(first.text, 'base64'));
    watcher = new KeyWatcher({ query, options: { type: 'sqlite' } } as unknown as DataSource, encryption);
    watcher.onModuleInit();
  });
  afterEach(async () => {
    await watcher.beforeApplicationShutdown();
    complained.mockRestore();
    jest.useRealTimers();
  });

  it('looks every five seconds, with one statement', async () => {
    await jest.advanceTimersByTimeAsync(20_000);
    expect(query).toHaveBeenCalledTimes(4);
  });

  it('lets values of a new key be read, and encrypts with it once it takes over', async () => {
    query.mockResolvedValue([firstRow, secondRow('announced')]);
    await jest.advanceTimersByTimeAsync(5_000);
    const sealed = second.seal('token', 'a', 'secrets');
    expect([encryption.decrypt(sealed, 'a'), encryption.keyId]).toEqual(['token', first.id]);
    query.mockResolvedValue([firstRow, secondRow('taking_over')]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(encryption.keyId).toBe(second.id);
  });

  it('looks at once when a value turns up whose key it does not know', async () => {
    const sealed = second.seal('token', 'a', 'secrets');
    query.mockResolvedValue([firstRow, secondRow('settled')]);
    for (let call = 0; call < 50; call++) expect(() => encryption.decrypt(sealed, 'a')).toThrow('encrypted with key');
    await jest.advanceTimersByTimeAsync(0);
    expect([encryption.decrypt(sealed, 'a'), query.mock.calls.length]).toEqual(['token', 1]);
  });

  it('keeps what it knows while the database does not answer, and says so once', async () => {
    query.mockRejectedValue(new Error('connection refused'));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(encryption.keyId).toBe(first.id);
    expect(complained.mock.calls).toEqual([[expect.stringContaining('connection refused')]]);
    query.mockResolvedValue([firstRow, secondRow('settled')]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(encryption.keyId).toBe(second.id);
  });

  it('names a key that it can’t open, once', async () => {
    query.mockResolvedValue([firstRow, secondRow('settled', new RootKey(randomBytes(32)))]);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(encryption.keyId).toBe(first.id);
    expect(complained.mock.calls).toEqual([[expect.stringContaining(second.id)]]);
  });

  it('encrypts with no key whose state is of a later version', async () => {
    query.mockResolvedValue([firstRow, secondRow('something new')]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(encryption.keyId).toBe(first.id);
  });

  it('looks no more once the service stops', async () => {
    await watcher.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(60_000);
    await watcher.look();
    expect(query).not.toHaveBeenCalled();
  });
});
