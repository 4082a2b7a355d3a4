import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Proxies one request may have come through; what is told beyond them counts no more. */
const MAX_PROXIES = 32;
/** `[` IPv6 with IPv4 at its end, and a zone `]:` port. */
const LONGEST_ADDRESS = 80;
const MAPPED = '::ffff:';

/**
 * Where a request came from: the address that connected or, while that is a trusted proxy, the one it says the request
 * came from. Only the rightmost address nobody trusted vouches for counts: all left of it may be made up. What is no address is
 * not believed: then the proxy that sent it is as far as one can see.
 * @param peer of the connection; undefined when it is gone
 * @param forwardedFor the header `X-Forwarded-For`: `client, proxy, proxy`
 * @returns an IP address as `formatAddress` writes it; empty when there is none
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let address = formatAddress(peer ?? '') ?? '';
  let end = forwardedFor?.length ?? 0;
  for (let proxies = 0; forwardedFor && end > 0 && proxies < MAX_PROXIES && isTrusted(address); proxies++) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const told = formatAddress(forwardedFor.slice(comma + 1, end).trim());
    if (told === undefined) break;
    address = told;
    end = comma;
  }
  return address;
}

/**
 * An IP address in its one spelling: IPv6 compressed, without a zone; IPv4 written as IPv6 (`::ffff:10.0.0.1`) as IPv4.
 * A port behind it is left out, as some proxies add one.
 * @returns undefined when it is none
 */
export function formatAddress(text: string): string | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  if (isIP(text) === 4) return text;
  const bare = withoutPort(text);
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : undefined;
  // As Node names a client of IPv4 where it listens on both.
  const inner = bare.slice(MAPPED.length);
  if (bare.startsWith(MAPPED) && isIP(inner) === 4) return inner;
  return ipaddr.process(withoutZone(bare)).toString();
}

function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
}

/** A zone means something on this machine only. */
function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? address;
}
