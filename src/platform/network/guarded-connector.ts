import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/** Where connections may lead. */
export interface AddressRules {
  /** Asked for every address of a name, and again for the address that was connected to. */
  allowsAddress: (address: string) => boolean;
  resolve: (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** For the connection, in milliseconds. */
  silenceMs: number;
}

/** The rules allow no connection to that host. */
export class RefusedAddressError extends Error {
  constructor() {
    super('the address is not allowed');
    this.name = 'RefusedAddressError';
  }
}

/**
 * Connects only where the rules allow it. Name and connection are one step: the addresses that were checked are the
 * ones that are tried, so an answer of the name server that changes afterwards changes nothing.
 * @returns a connector whose errors are RefusedAddressError where the rules say no
 */
export function guardedConnector(rules: AddressRules, signal: AbortSignal): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    allowedAddresses(hostname, rules, signal).then(
      (addresses) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
      },
      (error) => callback(error, ''),
    );
  };
  const connect = buildConnector({ timeout: rules.silenceMs, allowH2: false, maxCachedSessions: 0, lookup });
  return (options, callback) => {
    // An address instead of a name is never looked up.
    if (isIP(options.hostname) && !rules.allowsAddress(options.hostname)) {
      queueMicrotask(() => callback(new RefusedAddressError(), null));
      return;
    }
    connect(options, (error, socket) => {
      if (error) {
        callback(error, null);
      } else if (rules.allowsAddress(socket.remoteAddress ?? '')) {
        callback(null, socket);
      } else {
        socket.destroy();
        callback(new RefusedAddressError(), null);
      }
    });
  };
}

/** A name with one address inside has no business with us at all, so one that is refused refuses all. */
async function allowedAddresses(hostname: string, rules: AddressRules, signal: AbortSignal) {
  const addresses = await rules.resolve(hostname, signal);
  if (addresses.length === 0 || !addresses.every(rules.allowsAddress)) throw new RefusedAddressError();
  return addresses.map((address) => ({ address, family: isIP(address) }));
}
