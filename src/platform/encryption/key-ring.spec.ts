import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Encryption } from './encryption.js';
import { type KeyState, opensAll, type StoredKey, type WrappedKey } from './key-ring.js';
import { RootKey } from './root-key.js';

const bytes = [1, 2, 3, 4].map(() => randomBytes(32));
const [first, second, third, stranger] = bytes.map((each) => new RootKey(each)) as [RootKey, RootKey, RootKey, RootKey];

function wrap(key: RootKey, by: RootKey): WrappedKey {
  return { keyId: key.id, wrappedBy: by.id, wrapped: by.wrap(key) };
}

function stored(key: RootKey, generation: number, state: KeyState, ...by: RootKey[]): StoredKey {
  return { id: key.id, generation, state, createdAt: new Date(0), wraps: by.map((each) => wrap(key, each)) };
}

/** What two rotations leave when no key was retired. */
const ring = [
  stored(first, 1, 'settled', second, third),
  stored(second, 2, 'settled', first, third),
  stored(third, 3, 'settled', second),
];

function encryptionWith(index: number, keys: readonly StoredKey[] = ring) {
  const encryption = new Encryption(bytes[index] ?? Buffer.alloc(32));
  const unopened = encryption.learn(keys).map(({ id }) => id);
  return { encryption, unopened };
}

describe('a ring of keys', () => {
  it.each([0, 1, 2])('is opened whole by each of its keys: number %i', (index) => {
    const { encryption, unopened } = encryptionWith(index);
    expect(unopened).toEqual([]);
    expect(encryption.keyId).toBe(third.id);
    for (const key of [first, second, third])
      expect(encryption.decrypt(key.seal('token', 'a', 'secrets'), 'a')).toBe('token');
  });

  it('makes digests with its oldest key, whichever opens it', () => {
    const before = new Encryption(bytes[0] ?? Buffer.alloc(0));
    for (const content of ['api keys', 'items', 'credentials'] as const) {
      const digests = [0, 1, 2].map((index) => encryptionWith(index).encryption.digest('amq_secret', content));
      expect(new Set(digests)).toEqual(new Set([before.digest('amq_secret', content)]));
    }
  });

  it('does not encrypt with a key that is only announced, but reads with it', () => {
    const keys = [stored(first, 1, 'settled', second), stored(second, 2, 'announced', first)];
    for (const index of [0, 1]) {
      const { encryption } = encryptionWith(index, keys);
      expect(encryption.keyId).toBe(first.id);
      expect(encryption.decrypt(second.seal('token', 'a', 'secrets'), 'a')).toBe('token');
    }
  });

  it('encrypts with a key that is taking over', () => {
    const keys = [stored(first, 1, 'settled', second), stored(second, 2, 'taking_over', first)];
    for (const index of [0, 1]) expect(encryptionWith(index, keys).encryption.keyId).toBe(second.id);
  });

  it('is not opened by a key that was retired', () => {
    const keys = ring.map((key) => ({ ...key, wraps: key.wraps.filter(({ wrappedBy }) => wrappedBy !== first.id) }));
    expect([first, second, third].map(({ id }) => opensAll(id, keys))).toEqual([false, true, true]);
    expect(encryptionWith(0, keys).unopened).toEqual([second.id, third.id]);
    expect(encryptionWith(2, keys).unopened).toEqual([]);
  });

  it('keeps what it learnt: a service that runs is not hurt when its key is retired', () => {
    const { encryption } = encryptionWith(0);
    const keys = ring.map((key) => ({ ...key, wraps: key.wraps.filter(({ wrappedBy }) => wrappedBy !== first.id) }));
    expect(encryption.learn(keys)).toEqual([]);
    expect(encryption.keyId).toBe(third.id);
  });

  it('is not opened by a stranger, nor by what only claims to be a key', () => {
    expect(encryptionWith(3).unopened).toEqual([first.id, second.id, third.id]);
    const claimed: WrappedKey = { ...wrap(stranger, first), keyId: second.id };
    const swapped: WrappedKey = { keyId: second.id, wrappedBy: first.id, wrapped: first.wrap(third) };
    for (const wraps of [[claimed], [swapped], [{ ...claimed, wrapped: 'x' }], [{ ...claimed, wrapped: '' }]]) {
      const forged: StoredKey[] = [stored(first, 1, 'settled'), { ...stored(second, 2, 'settled'), wraps }];
      const { encryption, unopened } = encryptionWith(0, forged);
      expect([unopened, encryption.keyId]).toEqual([[second.id], first.id]);
    }
  });

  it('stays as it is when the database has no key at all', () => {
    const { encryption, unopened } = encryptionWith(0, []);
    expect([unopened, encryption.keyId]).toEqual([[], first.id]);
  });

  it('says so when a value has a key that is not known: there may be a new one', () => {
    const { encryption } = encryptionWith(0, ring.slice(0, 1));
    let asked = 0;
    encryption.onUnknownKey(() => asked++);
    const sealed = second.seal('token', 'a', 'secrets');
    expect(() => encryption.decrypt(sealed, 'a')).toThrow(`encrypted with key ${second.id}, not with ${first.id}`);
    encryption.learn(ring);
    expect([encryption.decrypt(sealed, 'a'), asked]).toEqual(['token', 1]);
  });

  it('tells no key in what is stored', () => {
    const text = JSON.stringify(ring);
    for (const key of [first, second, third]) {
      expect(text).not.toContain(key.text);
      expect(Buffer.from(key.text, 'base64').toString('hex')).not.toContain(key.id);
    }
  });

  it('is opened through a hundred keys, one after the other', () => {
    const chain = Array.from({ length: 100 }, () => new RootKey(randomBytes(32)));
    const keys = chain.map((key, index) => {
      const before = chain[index - 1];
      return before ? stored(key, index + 1, 'settled', before) : stored(key, 1, 'settled');
    });
    const encryption = new Encryption(Buffer.from(chain[0]?.text ?? '', 'base64'));
    expect(encryption.learn(keys.toReversed())).toEqual([]);
    expect(encryption.keyId).toBe(chain[99]?.id);
  });
});
