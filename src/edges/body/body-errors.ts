import { GatewayError } from '../../core/errors.js';

/** Levels of lists and objects in each other; every protocol takes less. */
export const DEEPEST_NESTING = 1_000;

export function tooDeep(): GatewayError {
  return new GatewayError('invalid_body', `The request body is nested more than ${DEEPEST_NESTING} levels deep`);
}

export function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `Request exceeds the maximum size of ${limit} bytes`);
}

export function notJson(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not valid JSON');
}

export function incomplete(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not complete');
}

/** @param limit milliseconds, of silence or altogether */
export function tooSlow(limit: number, isSilence: boolean): GatewayError {
  const seconds = limit / 1000;
  return new GatewayError(
    'slow_request',
    isSilence
      ? `Nothing of the request body came for ${seconds} seconds`
      : `The request body did not come within ${seconds} seconds`,
  );
}

/** Of a body that is read while too many others are. */
export function noRoom(): GatewayError {
  return new GatewayError('overloaded', 'Too many large requests are being received at the moment. Please try again.', {
    retryAfter: 1,
  });
}

// Codes by anthropic.md §8.

export function tooLargeDecoded(limit: number): GatewayError {
  return new GatewayError('request_too_large', `Request exceeds the maximum size of ${limit} bytes after decoding`, {
    code: 'request_body_too_large_after_decoding',
  });
}

export function unknownEncoding(): GatewayError {
  return new GatewayError('invalid_body', 'The encoding of the request body is not supported', {
    code: 'request_body_encoding_unsupported',
  });
}

export function notDecodable(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not what its content-encoding says', {
    code: 'request_body_encoding_invalid',
  });
}
