import ipaddr from 'ipaddr.js';

/** All addresses of IPv6 that are given out to the public so far. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Looks public, and is the host's own service in every network of one cloud: https://aka.ms/azurewireserver */
const AZURE_WIRE_SERVER = '168.63.129.16';

/**
 * Whether an IP address belongs to the public internet. Everything else is refused: private, loopback, link-local,
 * shared, multicast, reserved, and IPv6 that stands for IPv4 (mapped, NAT64, 6to4, Teredo), whatever it stands for.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' ? parsed.toString() !== AZURE_WIRE_SERVER : parsed.match(GLOBAL_UNICAST);
}
