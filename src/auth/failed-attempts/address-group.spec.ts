import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAddress } from '../../platform/network/client-address.js';
import { addressGroup } from './address-group.js';

describe('addressGroup', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::3:4:5:6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
    ['', ''],
  ])('counts %j under %j', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it('goes by the first 64 bits and nothing else, however the address is written', () => {
    const half = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 4,
      maxLength: 4,
    });
    const format = (groups: number[]) => formatAddress(groups.map((group) => group.toString(16)).join(':')) ?? '';
    fc.assert(
      fc.property(half, half, half, (network, host, otherHost) => {
        // `::ffff:…` is IPv4.
        fc.pre(network.some((group) => group !== 0));
        const group = addressGroup(format([...network, ...host]));
        expect(group).toBe(`${network.map((each) => each.toString(16)).join(':')}::/64`);
        expect(addressGroup(format([...network, ...otherHost]))).toBe(group);
      }),
    );
  });
});
