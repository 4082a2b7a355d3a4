import { GatewayError } from '../../core/errors.js';
import { LockTimeoutError } from '../../platform/state/state-store.js';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';

/** Only a new sign-in helps, no waiting; another account may serve. `reason` is for the operator. */
export function signInNeeded(reason: string, cause?: unknown): GatewayError {
  return new GatewayError('account', 'The upstream account needs a new sign-in by its operator.', {
    failure: { class: 'auth', retry: 'other-account', serviceMessage: reason },
    shouldRetry: false,
    cause,
  });
}

/** The token could not be renewed now; another account may serve. */
export function renewalFailed(cause: unknown): GatewayError {
  const retryAfter = cause instanceof TokenRenewalError ? cause.retryAfter : undefined;
  return new GatewayError('no_account', "The account's token could not be renewed", {
    failure: { class: 'transient', retry: 'other-account', ...(retryAfter !== undefined && { retryAfter }) },
    cause,
  });
}

/** The same for the operator who asked for the renewal: with the reason, where that is safe to show. */
export function renewalRefused(error: GatewayError): GatewayError {
  const { failure, cause } = error;
  const isOurs = cause instanceof TokenRenewalError || cause instanceof LockTimeoutError;
  const reason = failure?.serviceMessage ?? (isOurs ? cause.message : undefined);
  const message = reason === undefined ? error.message : `The token was not renewed: ${reason}`;
  return new GatewayError('account', message, { failure, cause: error });
}
