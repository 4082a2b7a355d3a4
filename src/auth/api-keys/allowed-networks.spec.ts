import { describe, expect, it } from '@jest/globals';
import { AllowedNetworks, formatNetwork } from './allowed-networks.js';

describe('a network in its one spelling', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.168.255.255/17', '192.168.128.0/17'],
    ['192.168.1.7', '192.168.1.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1/32', '2001:db8::/32'],
    ['2001:db8::ffff/127', '2001:db8::fffe/127'],
    ['::1', '::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.1.2.3', '10.1.2.3/32'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
  ])('of %s is %s', (text, expected) => {
    expect(formatNetwork(text)).toBe(expected);
    expect(formatNetwork(expected)).toBe(expected);
  });

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '127.1',
    '010.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '256.0.0.1',
    '1.2.3.4.5',
    ' 10.0.0.0/8',
    '10.0.0.0/8\n',
    '2001:db8::/129',
    '2001:db8',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '::ffff:300.1.1.1',
    'localhost',
    '*',
    '1'.repeat(100_000),
  ])('is not to be had of %j', (text) => {
    expect(formatNetwork(text)).toBeUndefined();
  });
});

describe('AllowedNetworks', () => {
  const networks = new AllowedNetworks(['10.0.0.0/8', '192.168.1.7/32', '2001:db8::/32']);

  it.each(['10.0.0.0', '10.255.255.255', '192.168.1.7', '::ffff:10.1.2.3', '::ffff:a01:203', '2001:db8::1'])(
    'include %s',
    (address) => {
      expect(networks.include(address)).toBe(true);
    },
  );

  it.each(['11.0.0.0', '192.168.1.8', '2001:db9::1', '::a01:203', '::1', '', 'unknown', '10.0.0.0/8'])(
    'do not include %j',
    (address) => {
      expect(networks.include(address)).toBe(false);
    },
  );

  it('include nobody where what is stored is no network', () => {
    expect(new AllowedNetworks(['no network']).include('10.0.0.1')).toBe(false);
  });
});
