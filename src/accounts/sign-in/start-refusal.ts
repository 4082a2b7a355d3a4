import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import type { OidcError } from '../../upstreams/amazon-q/oidc-error.js';

/** Why a sign-in could not be begun, as the admin who wanted it is told. */
export function startRefusal(error: OidcError): GatewayError {
  const { code, message, hints } = error;
  switch (code) {
    case 'InvalidRequestRegionException':
      return invalidInput([{ path: 'region', message: `region is not that of startUrl: ${message}` }]);
    // Of what is sent only the start URL comes from outside.
    case 'invalid_request':
    case 'InvalidRequestException':
      return invalidInput([{ path: 'startUrl', message: `startUrl is not known there: ${message}` }]);
    case 'slow_down':
    case 'http_429':
      return new GatewayError('rate_limit', message, { retryAfter: hints.retryAfter, cause: error });
    default:
      return new GatewayError('upstream', message, { cause: error });
  }
}
