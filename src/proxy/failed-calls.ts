import type { GatewayError } from '../core/errors.js';
import { requestContext } from '../platform/logging/request-context.js';

/** More calls than the limits on attempts let happen in good order. */
const MOST_LISTED = 30;

/** A call at upstream that failed, as the request's log line shows it. */
export interface FailedCall {
  account: string;
  /** The failure class; where upstream said nothing, what kind of error it was. */
  class: string;
  /** From the call to its failure. */
  ms: number;
}

/** Adds to the log line of the request being served; the call that was answered is the line's own account. */
export function noteFailedCall(account: string, { failure, kind }: GatewayError, ms: number): void {
  const facts = requestContext.getStore()?.facts;
  if (!facts) return;
  const { failedCalls: listed = [] } = facts;
  if (listed.length >= MOST_LISTED) return;
  facts.failedCalls = [...listed, { account, class: failure?.class ?? kind, ms }];
}
