/** Who is spoken to on a path: decides the form of errors and the name of the request id header. */
export type ClientProtocol = 'anthropic' | 'admin' | 'other';

const ADMIN = /^\/(v2|admin|accounts)(\/|$)/;
const OPERATIONS = /^\/($|(health|metrics)(\/|$))/;

/** The protocol of a path, whatever goes wrong on it (contract §3, §4). Clients of the model API are in the majority. */
export function protocolOfPath(path: string): ClientProtocol {
  if (ADMIN.test(path)) return 'admin';
  return OPERATIONS.test(path) ? 'other' : 'anthropic';
}

export function requestIdHeader(protocol: ClientProtocol): 'request-id' | 'x-request-id' {
  return protocol === 'anthropic' ? 'request-id' : 'x-request-id';
}
