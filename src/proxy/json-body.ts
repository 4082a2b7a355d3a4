import express, { type RequestHandler } from 'express';
import { GatewayError } from '../core/errors.js';

/** What the body parser throws: an error with a `type` of its own. */
interface BodyError {
  type?: string;
}

/**
 * Reads a JSON body of at most `limit` bytes, whatever its content type says: clients that forget it mean JSON all the
 * same. What is wrong with it becomes a GatewayError here, before Nest makes a plain HTTP error of it.
 */
export function jsonBody(limit: number): RequestHandler {
  const parse = express.json({ limit, type: () => true });
  return (request, response, next) => parse(request, response, (error) => next(error && toBodyError(error, limit)));
}

function toBodyError(error: BodyError, limit: number): unknown {
  switch (error.type) {
    case 'entity.too.large':
      return new GatewayError('request_too_large', `Request exceeds the maximum size of ${limit} bytes`);
    case 'entity.parse.failed':
      // The parser's own message quotes the body.
      return new GatewayError('invalid_request', 'The request body is not valid JSON');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new GatewayError('invalid_request', 'The encoding of the request body is not supported', {
        code: 'request_body_encoding_unsupported',
      });
    case 'request.aborted':
    case 'request.size.invalid':
      return new GatewayError('invalid_request', 'The request body is not complete');
    default:
      return error;
  }
}
