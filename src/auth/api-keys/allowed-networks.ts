import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** `::ffff:0:0/96`: IPv6 addresses that stand for IPv4 begin with so many bits. */
const MAPPED_BITS = 96;
/** `127.1`, `0x7f.0.0.1` and octal numbers mean something else to everybody. */
const FOUR_NUMBERS = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/** The networks from which a key may be used. */
export class AllowedNetworks {
  private readonly networks: readonly Network[];

  /** @param cidrs such as `formatNetwork` gives; what is none lets nobody in */
  constructor(cidrs: readonly string[]) {
    this.networks = cidrs.map(parseNetwork).filter((network) => network !== undefined);
  }

  /** @param address an IP address; IPv4 written as IPv6 (`::ffff:10.0.0.1`) is IPv4 */
  include(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.networks.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
  }
}

/**
 * A network in its one spelling: without what its prefix cuts off, an address as a network of its own, and IPv4 written as IPv6 as IPv4.
 * @param text such as `10.0.0.0/8`, `192.168.1.7` or `2001:db8::/32`
 * @returns undefined when it is neither an address nor a network
 */
export function formatNetwork(text: string): string | undefined {
  const network = parseNetwork(text);
  if (!network) return undefined;
  const [address, bits] = network;
  const bytes = address.toByteArray().map((byte, index) => byte & mask(bits - index * 8));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

function parseNetwork(text: string): Network | undefined {
  const [, address = '', prefix] = /^([\d.:a-fA-F]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const parsed = parseAddress(address);
  if (!parsed) return undefined;
  const bits = prefix === undefined ? widthOf(parsed) : Number(prefix);
  if (bits > widthOf(parsed)) return undefined;
  const isMapped = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [parsed.toIPv4Address(), bits - MAPPED_BITS] : [parsed, bits];
}

function parseAddress(text: string): Address | undefined {
  if (text.includes(':') ? !ipaddr.IPv6.isValid(text) : !(FOUR_NUMBERS.test(text) && ipaddr.IPv4.isValid(text))) {
    return undefined;
  }
  return ipaddr.parse(text);
}

function widthOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}

/** The bits of one byte of which the first so many count. */
function mask(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}
