import { Client } from 'undici';
import { RefusedAddressError } from '../../platform/network/guarded-connector.js';
import { parseRetryAfter } from '../../platform/network/retry-after.js';
import { VERSION } from '../../platform/version.js';
import type { ReceiverRules } from './receiver-rules.js';
import { type SignedContent, signatureOf } from './signature.js';

const LARGEST_HEAD_BYTES = 16 * 1024;
/** Of an answer's body, which nobody looks at: read so that the receiver need not believe that its answer was lost. */
const MOST_BODY_BYTES = 1024;

/**
 * Why an event did not arrive: an answer that is no success, none in time, a name without an address, an address that is
 * not allowed, TLS, or the connection.
 */
export type SendError = 'status' | 'timeout' | 'name' | 'address' | 'tls' | 'connection';

/** How an attempt ended. */
export interface SendResult {
  /** Null: no answer. */
  status: number | null;
  /** Null: it was delivered. */
  error: SendError | null;
  /** Seconds the receiver asked to be left alone for. */
  retryAfter?: number;
}

export interface Sending extends SignedContent {
  url: string;
  secrets: readonly string[];
}

/**
 * Posts one event on a connection of its own. Redirects are not followed, and of what the receiver answers nothing but
 * the status counts. Never rejects.
 * @param signal ends it early
 */
export async function sendEvent(sending: Sending, rules: ReceiverRules, signal: AbortSignal): Promise<SendResult> {
  const problem = rules.problemOf(sending.url);
  // Written when other addresses were allowed.
  if (problem !== undefined) return { status: null, error: 'address' };
  const inTime = AbortSignal.timeout(rules.totalMs);
  const either = AbortSignal.any([signal, inTime]);
  const url = new URL(sending.url);
  const client = new Client(url.origin, {
    connect: rules.connector(either),
    headersTimeout: rules.totalMs,
    bodyTimeout: rules.totalMs,
    maxHeaderSize: LARGEST_HEAD_BYTES,
  });
  // A request that waits for its connection doesn't listen to its signal.
  const leave = () => void client.destroy(either.reason);
  either.addEventListener('abort', leave, { once: true });
  try {
    either.throwIfAborted();
    const { statusCode, headers, body } = await client.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: headersOf(sending),
      body: sending.body,
      reset: true,
    });
    await body.dump({ limit: MOST_BODY_BYTES, signal: either }).catch(() => undefined);
    if (statusCode >= 200 && statusCode < 300) return { status: statusCode, error: null };
    return { status: statusCode, error: 'status', retryAfter: parseRetryAfter(headers['retry-after'], Date.now()) };
  } catch (error) {
    return { status: null, error: inTime.aborted ? 'timeout' : errorOf(error) };
  } finally {
    either.removeEventListener('abort', leave);
    void client.destroy();
  }
}

function headersOf({ id, timestamp, body, secrets }: Sending): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': `amq-gateway/${VERSION}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf({ id, timestamp, body }, secrets),
  };
}

function errorOf(error: unknown): SendError {
  if (error instanceof RefusedAddressError) return 'address';
  if (!(error instanceof Error)) return 'connection';
  const code = 'code' in error ? String(error.code) : '';
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (/^(ENOTFOUND|EAI_|EDNS)/.test(code) || error.message === 'no address') return 'name';
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code) ? 'tls' : 'connection';
}
