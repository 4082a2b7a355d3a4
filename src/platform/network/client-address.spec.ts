import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientAddress, formatAddress } from './client-address.js';

const isTrusted = (address: string) => address.startsWith('10.') || address === 'fd00::1';

describe('clientAddress', () => {
  it.each<[string, string | undefined, string | undefined, string]>([
    ['the peer, when nobody forwards', '192.0.2.1', undefined, '192.0.2.1'],
    ['the peer, when a stranger says it forwards', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['what a trusted proxy says', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['what a trusted proxy on IPv6 says', 'fd00::1', '2001:DB8:0::7', '2001:db8::7'],
    ['what the first of two proxies says', '10.0.0.1', '198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['the rightmost stranger, whatever it says itself', '10.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['the rightmost stranger before a proxy', '10.0.0.1', '10.9.9.9, 198.51.100.7,10.0.0.2', '198.51.100.7'],
    ['the farthest proxy, when all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a peer of IPv4 on a socket of IPv6', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['a proxy of IPv4 on a socket of IPv6', '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    ['an address with a port', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['an address in brackets with a port', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['the proxy, when it says nothing', '10.0.0.1', '', '10.0.0.1'],
    ['the proxy, when it says what is no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['the proxy, when the last address is empty', '10.0.0.1', '198.51.100.7,', '10.0.0.1'],
    ['the proxy, when there are only commas', '10.0.0.1', ',,,,', '10.0.0.1'],
    ['the nearer proxy, when the farther says nonsense', '10.0.0.1', '<script>, 10.0.0.2', '10.0.0.2'],
    ['the proxy, for a number that stands for an address', '10.0.0.1', '2130706433', '10.0.0.1'],
    ['the proxy, for an address in octal', '10.0.0.1', '0177.0.0.1', '10.0.0.1'],
    ['the proxy, for something very long', '10.0.0.1', `1${'0'.repeat(16_000)}`, '10.0.0.1'],
    ['nothing, when the connection is gone', undefined, '198.51.100.7', ''],
  ])('is %s', (_what, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, isTrusted)).toBe(expected);
  });

  it('follows 32 proxies and no more', () => {
    const through = (proxies: number) => `198.51.100.7, ${'10.0.0.9, '.repeat(proxies - 1)}10.0.0.8`;
    expect(clientAddress('10.0.0.1', through(31), isTrusted)).toBe('198.51.100.7');
    expect(clientAddress('10.0.0.1', through(32), isTrusted)).toBe('10.0.0.9');
    expect(clientAddress('10.0.0.1', through(1_000), isTrusted)).toBe('10.0.0.9');
  });

  it('is an address whatever a proxy sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:,[]% x') }), (header) => {
        const address = clientAddress('10.0.0.1', header, isTrusted);
        expect(formatAddress(address)).toBe(address);
      }),
    );
  });

  it('does not believe what a client put left of what a proxy added', () => {
    fc.assert(
      fc.property(fc.string(), (spoofed) => {
        expect(clientAddress('10.0.0.1', `${spoofed},198.51.100.7`, isTrusted)).toBe('198.51.100.7');
      }),
    );
  });
});

describe('formatAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['::1', '::1'],
  ])('writes %s as %s', (text, expected) => {
    expect(formatAddress(text)).toBe(expected);
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/8',
    '[::1',
    '::1]',
    '1.2.3.4:x',
    ':::',
  ])('knows that %j is none', (text) => {
    expect(formatAddress(text)).toBeUndefined();
  });
});
