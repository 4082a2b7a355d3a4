import { GatewayError } from '../../core/errors.js';

/**
 * Contract §10.4. With no account at all a client's own retries only cost time.
 * @param retryAfter seconds until one may be usable, where that is known
 */
export function noAccountUsable(total: number, retryAfter?: number): GatewayError {
  return total === 0
    ? new GatewayError('no_account', 'No account is usable: none is configured', { shouldRetry: false })
    : new GatewayError('no_account', 'No account is usable at the moment', { retryAfter });
}

/** Contract §10.4: where nobody is left but accounts whose quota is spent, waiting does not help. */
export function quotaSpent(): GatewayError {
  return new GatewayError('quota', 'The request quota of the upstream accounts is used up.', { shouldRetry: false });
}

/** For who does not wait. */
export function nobodyFree(): GatewayError {
  return new GatewayError('rate_limit', 'Every account is at its limits', { retryAfter: 1 });
}

export function modelNotFound(requested: string): GatewayError {
  return new GatewayError('not_found', `model: ${requested}`, { path: 'model' });
}

/** Of a key that may use other models only. */
export function modelNotAllowed(requested: string): GatewayError {
  return new GatewayError('permission', `This API key may not use the model '${requested}'.`, {
    path: 'model',
    shouldRetry: false,
  });
}
