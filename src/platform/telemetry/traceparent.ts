/** Where a request stands in a trace that began before it. */
export interface RemoteParent {
  traceId: string;
  spanId: string;
  isSampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 0x01;

/**
 * The header of W3C Trace Context. A version to come may say more behind its flags.
 * @returns undefined for none, and for one that is not as the specification has it
 */
export function parseTraceparent(header: unknown): RemoteParent | undefined {
  const found = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  if (!found) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = found;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}
