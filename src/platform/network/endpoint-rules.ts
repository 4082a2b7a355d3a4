import { isIP } from 'node:net';
import { isInternalName } from './internal-name.js';
import { isPublicAddress } from './public-address.js';

/** As long as what servers commonly take. */
const LONGEST_URL = 2048;

/**
 * What is wrong with an endpoint that an account wants to be asked at, or a webhook to be told at, as far as its text
 * tells; undefined when nothing is. Where its name leads is checked when connecting (`guarded-connector.ts`).
 * @param allowPrivate ALLOW_PRIVATE_ENDPOINTS: addresses of this machine and this network are fine
 * @param mayHaveQuery what is asked is not put behind it
 * @returns the end of a sentence that begins with the field's name: `must be …`
 */
export function endpointProblem(url: string, allowPrivate: boolean, mayHaveQuery = false): string | undefined {
  if (url.length > LONGEST_URL) return `must be at most ${LONGEST_URL} characters long`;
  if (!URL.canParse(url)) return 'must be a URL such as https://api.example.com/';
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://';
  if (username !== '' || password !== '') return 'must not contain credentials';
  // An empty one counts too, and is not seen in what was parsed.
  if (url.includes('#')) return 'must not have a fragment';
  if (!mayHaveQuery && url.includes('?')) return 'must not have a query';
  if (!allowPrivate && !isPublicHost(hostname)) {
    return 'must not lead to a private address (ALLOW_PRIVATE_ENDPOINTS allows it)';
  }
  return undefined;
}

/** @param hostname of a parsed URL: an IPv4 address is written with dots there, however it was spelt */
function isPublicHost(hostname: string): boolean {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(address) ? isPublicAddress(address) : !isInternalName(hostname);
}
