import { GatewayError } from '../errors.js';
import type { FailureClass } from './failure.js';

/** What a client can do about it: nothing, something else, or wait. The later in the list, the more it tells. */
const RANKS = [
  'nobody', // no account is left, nobody knows until when
  'suspended',
  'auth',
  'model', // where one account does not know the model, another's failure says that it does
  'quota',
  'nobody-yet', // no account is left, and it is known until when
  'unknown',
  'transient',
  'capacity',
  'rate_limit',
  'request', // it is wrong, whoever is asked
] as const;

type Rank = (typeof RANKS)[number];

const RANK_OF_CLASS: Readonly<Record<FailureClass, Rank>> = {
  transient: 'transient',
  rate_limit: 'rate_limit',
  quota: 'quota',
  auth: 'auth',
  suspended: 'suspended',
  capacity: 'capacity',
  invalid_request: 'request',
  context_length: 'request',
  unknown: 'unknown',
};

/**
 * What a client is told when all that was tried for its request failed: of what each account said, and the pool in the
 * end, what helps it most; of the same kind what was said last. Not that an account is locked out while another's
 * failure may pass. Where waiting helps it is told for how long, as far as anybody said: until the first may be asked.
 */
export function mostTelling(last: GatewayError, before: readonly GatewayError[]): GatewayError {
  const told = before.reduceRight((best, each) => (weightOf(each) > weightOf(best) ? each : best), last);
  return isWait(told) ? withRetryAfter(told, earliest([...before, last].filter(isWait))) : told;
}

function rankOf({ kind, failure, retryAfter }: GatewayError): Rank {
  if (failure?.account === 'model-unknown') return 'model';
  if (failure) return RANK_OF_CLASS[failure.class];
  switch (kind) {
    case 'no_account':
      return retryAfter === undefined ? 'nobody' : 'nobody-yet';
    case 'timeout':
      // It took too long to find another account.
      return 'nobody';
    case 'not_found':
      return 'model';
    case 'quota':
      return 'quota';
    case 'rate_limit':
      return 'rate_limit';
    default:
      // Nothing was sent: it is about the request, or a fault of ours.
      return 'request';
  }
}

function weightOf(error: GatewayError): number {
  return RANKS.indexOf(rankOf(error));
}

function isWait(error: GatewayError): boolean {
  const rank = rankOf(error);
  return rank === 'rate_limit' || rank === 'nobody-yet';
}

/** Seconds. A limit that names no time is a short one: then nothing longer is named either. */
function earliest(waits: readonly GatewayError[]): number | undefined {
  let seconds = Number.POSITIVE_INFINITY;
  for (const { retryAfter } of waits) {
    if (retryAfter === undefined) return undefined;
    seconds = Math.min(seconds, retryAfter);
  }
  return seconds;
}

function withRetryAfter(error: GatewayError, retryAfter: number | undefined): GatewayError {
  if (error.retryAfter === retryAfter) return error;
  return new GatewayError(error.kind, error.message, { ...error, retryAfter, cause: error.cause });
}
