import type { IncomingMessage } from 'node:http';
import { type ClientProtocol, protocolOf } from '../core/protocols/protocol-of-path.js';

/** Where a request goes. */
export interface Destination {
  path: string;
  protocol: ClientProtocol;
}

const DESTINATION: unique symbol = Symbol('destination');

type KnownRequest = IncomingMessage & { [DESTINATION]?: Destination };

/** Worked out once a request; after `tidyPath`. */
export function destinationOf(request: IncomingMessage): Destination {
  const known = request as KnownRequest;
  known[DESTINATION] ??= readDestination(request);
  return known[DESTINATION];
}

function readDestination({ url = '/', headers }: IncomingMessage): Destination {
  const path = url.split('?', 1)[0] as string;
  return { path, protocol: protocolOf(path, headers) };
}
