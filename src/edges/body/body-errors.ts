import { GatewayError } from '../../core/errors.js';

/** What the body parser throws: an error with a `type` of its own. */
interface ParserError {
  type?: string;
  status?: number;
}

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

/** Codes by anthropic.md §8. */
export function encodedBodyError(error: ParserError, limit: number): unknown {
  switch (error.type) {
    case 'entity.too.large':
      return new GatewayError(
        'request_too_large',
        `Request exceeds the maximum size of ${limit} bytes after decoding`,
        {
          code: 'request_body_too_large_after_decoding',
        },
      );
    case 'entity.verify.failed':
      return tooDeep();
    case 'entity.parse.failed':
      return notJson();
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new GatewayError('invalid_body', 'The encoding of the request body is not supported', {
        code: 'request_body_encoding_unsupported',
      });
    case 'request.aborted':
    case 'request.size.invalid':
      return incomplete();
    default:
      // What the decompressor throws has no type of its own.
      return error.status === 400 ? notDecodable() : error;
  }
}

function notDecodable(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not what its content-encoding says', {
    code: 'request_body_encoding_invalid',
  });
}
