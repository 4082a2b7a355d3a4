import type { OidcError } from '../../upstreams/amazon-q/oidc-error.js';

/** `slow_down` asks for so much more between polls, for good (RFC 8628 §3.5). */
const SLOW_DOWN_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 60;

/** After these no further poll can succeed (amazon-q.md §9.2). */
const FINAL_CODES = new Set([
  'invalid_grant',
  'invalid_client',
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'InvalidRequestRegionException',
]);

export type AfterPoll =
  | { kind: 'end'; status: 'denied' | 'expired'; reason: string }
  | {
      kind: 'again';
      /** Seconds until the next poll. */
      pause: number;
      /** Seconds between polls from now on. */
      interval: number;
      failures: number;
      /** What is in the way, where something is. */
      reason?: string;
    };

/**
 * What a poll that brought no token means. Trouble on the way is no answer: it is asked again, less and less often.
 * @param polling.failures such troubles before this one, one after another
 */
export function afterPoll(error: OidcError, { interval, failures }: { interval: number; failures: number }): AfterPoll {
  switch (error.code) {
    case 'authorization_pending':
      return { kind: 'again', pause: interval, interval, failures: 0 };
    case 'slow_down': {
      const slower = interval + SLOW_DOWN_SECONDS;
      return { kind: 'again', pause: slower, interval: slower, failures: 0 };
    }
    case 'access_denied':
      return { kind: 'end', status: 'denied', reason: `The sign-in was refused: ${error.message}` };
    case 'expired_token':
      return { kind: 'end', status: 'expired', reason: 'The code was not confirmed in time' };
  }
  if (FINAL_CODES.has(error.code)) {
    return { kind: 'end', status: 'expired', reason: `The code is no good any more: ${error.message}` };
  }
  const longer = Math.min(interval * 2 ** Math.min(failures, 10), LONGEST_PAUSE_SECONDS);
  const pause = Math.max(interval, longer, Math.min(error.hints.retryAfter ?? 0, LONGEST_PAUSE_SECONDS));
  return { kind: 'again', pause, interval, failures: failures + 1, reason: error.message };
}
