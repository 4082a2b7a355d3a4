/** Groups of 16 bits of an IPv6 address. */
const GROUPS = 8;

/**
 * Under what the failures of an address are counted: itself, of IPv6 the first 64 bits, as one customer has at least
 * all addresses that begin with them. Asked at every request once somebody failed.
 * @param address as `formatAddress` writes it
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < GROUPS) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, GROUPS / 2).join(':')}::/64`;
}
