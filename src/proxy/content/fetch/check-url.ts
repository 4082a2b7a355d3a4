import { isInternalName } from '../../../platform/network/internal-name.js';
import type { FetchRules } from './fetch-rules.js';

/** As long as what servers commonly take. */
const LONGEST_URL = 2048;

/**
 * A URL that may be fetched as far as its text tells: http or https, no credentials, an allowed port, and a host that can
 * be public. Where its name leads is checked when connecting.
 * @throws when it may not
 */
export function checkUrl(text: string, base: URL | undefined, rules: FetchRules): URL {
  if (text.length > LONGEST_URL) throw new Error('the URL is too long');
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error('the scheme is not allowed');
  if (url.username !== '' || url.password !== '') throw new Error('credentials in a URL are not allowed');
  if (!rules.allowsPort(url.port)) throw new Error('the port is not allowed');
  if (isInternalName(url.hostname)) throw new Error('the host is not allowed');
  return url;
}
