import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Encryption } from './encryption.js';

const masterKey = randomBytes(32);
const encryption = new Encryption(masterKey);
const other = new Encryption(randomBytes(32));

describe('Encryption', () => {
  it.each(['', 'refresh token', 'ünïcödé 🔑', 'x'.repeat(100_000)])('gives back what it encrypted', (plain) => {
    expect(encryption.decrypt(encryption.encrypt(plain, 'account-1'), 'account-1')).toBe(plain);
  });

  it('is the same after a restart with the same key', () => {
    const again = new Encryption(Buffer.from(masterKey));
    expect(again.keyId).toBe(encryption.keyId);
    expect(again.digest('secret')).toBe(encryption.digest('secret'));
    expect(again.decrypt(encryption.encrypt('token', 'account-1'), 'account-1')).toBe('token');
  });

  it('encrypts the same text differently each time', () => {
    expect(encryption.encrypt('token', 'account-1')).not.toBe(encryption.encrypt('token', 'account-1'));
  });

  it('does not decrypt for another owner', () => {
    const sealed = encryption.encrypt('token', 'account-1');
    expect(() => encryption.decrypt(sealed, 'account-2')).toThrow();
  });

  it('names both keys when the value was encrypted with another one', () => {
    const sealed = encryption.encrypt('token', 'account-1');
    expect(() => other.decrypt(sealed, 'account-1')).toThrow(
      `encrypted with key ${encryption.keyId}, not with ${other.keyId}`,
    );
  });

  it('does not decrypt with another key that claims the same name', () => {
    const forged = `${other.keyId}.${encryption.encrypt('token', 'account-1').split('.')[1]}`;
    expect(() => other.decrypt(forged, 'account-1')).toThrow();
  });

  it('notices a change of any byte', () => {
    const [keyId, encoded = ''] = encryption.encrypt('token', 'account-1').split('.');
    const sealed = Buffer.from(encoded, 'base64');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(index) ^ 1, index);
      expect(() => encryption.decrypt(`${keyId}.${changed.toString('base64')}`, 'account-1')).toThrow();
    }
  });

  it.each([0, 1, 12, 20, 27])('notices a value cut to %i bytes', (length) => {
    const [keyId, encoded = ''] = encryption.encrypt('token', 'account-1').split('.');
    const cut = Buffer.from(encoded, 'base64').subarray(0, length).toString('base64');
    expect(() => encryption.decrypt(`${keyId}.${cut}`, 'account-1')).toThrow();
  });

  it('says nothing of the master key in the key id', () => {
    expect(encryption.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(masterKey.toString('hex')).not.toContain(encryption.keyId);
    expect(other.keyId).not.toBe(encryption.keyId);
  });

  it('digests the same secret alike, under this key only', () => {
    expect(encryption.digest('secret')).toMatch(/^[0-9a-f]{64}$/);
    expect(encryption.digest('secret')).not.toBe(encryption.digest('secret '));
    expect(encryption.digest('secret')).not.toBe(other.digest('secret'));
  });

  it('has keys of their own for conversations: what was made for one purpose is nothing to another', () => {
    const sealed = encryption.encrypt('hello', 'item-1', 'responses');
    expect(encryption.decrypt(sealed, 'item-1', 'responses')).toBe('hello');
    expect(() => encryption.decrypt(sealed, 'item-1')).toThrow();
    expect(encryption.digest('hello', 'items')).not.toBe(encryption.digest('hello'));
  });

  it('digests as it did in every earlier version, else all stored keys are dead', () => {
    const fixed = new Encryption(Buffer.alloc(32, 7));
    expect([fixed.keyId, fixed.digest('amq_example')]).toEqual([
      '935cd054a85a985d',
      'e29ea406de9e2be7dc61a0416286c537d52487ddfee8631743faff28c71a9a22',
    ]);
  });
});
