import { GatewayError } from '../../core/errors.js';

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
  return new GatewayError('no_account', "The account's token could not be renewed", {
    failure: { class: 'transient', retry: 'other-account' },
    cause,
  });
}
