import { UsageError } from './surroundings.js';

/**
 * The address of a gateway: the `/v1` that belongs to OpenAI's is taken off.
 * @returns without a slash at its end
 * @throws UsageError, without the address: there may be a password in it
 */
export function gatewayUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError('--url: a URL such as http://localhost:8080');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('--url: without credentials, query and fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '');
}
