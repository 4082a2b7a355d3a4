import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type ErrorKind, GatewayError, toGatewayError } from '../core/errors.js';
import { encodeError } from '../core/protocols/anthropic/encode-error.js';
import { encodeProblem } from '../core/protocols/problem/encode-error.js';
import { protocolOfPath } from '../core/protocols/protocol-of-path.js';
import { Configuration } from '../platform/config/configuration.js';
import { currentRequestId, noteFacts } from '../platform/logging/request-context.js';

/** What the body parser throws: http-errors with a `type` of their own. */
interface BodyError {
  type?: string;
  status?: number;
  message?: string;
}

const BY_STATUS: Record<number, ErrorKind> = {
  400: 'invalid_request',
  401: 'authentication',
  403: 'permission',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'request_too_large',
};

/**
 * The one place where an error becomes an answer: in the protocol of the path it happened on, whatever went wrong.
 * Registered for the whole application, so that it sees what happens before routing too.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  constructor(private readonly configuration: Configuration) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = this.recognise(thrown, request);
    noteFacts({
      errorKind: error.kind,
      errorMessage: error.message,
      failureClass: error.failure?.class,
      failureReason: error.failure?.reason,
    });
    if (error.kind === 'internal') this.logger.error(error.cause ?? error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const requestId = currentRequestId() ?? '';
    const encode = protocolOfPath(request.path) === 'anthropic' ? encodeError : encodeProblem;
    const { status, headers, body } = encode(error, requestId);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  }

  private recognise(thrown: unknown, request: Request): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    const bodyError = this.bodyError(thrown as BodyError);
    if (bodyError) return bodyError;
    if (!(thrown instanceof HttpException)) return toGatewayError(thrown);
    const kind = BY_STATUS[thrown.getStatus()];
    if (!kind) return toGatewayError(thrown);
    const message =
      kind === 'not_found' ? `Not found: ${request.method} ${request.path.slice(0, 200)}` : thrown.message;
    return new GatewayError(kind, message, { cause: thrown });
  }

  private bodyError(thrown: BodyError | undefined): GatewayError | undefined {
    switch (thrown?.type) {
      case 'entity.too.large': {
        const limit = this.configuration.settings.MAX_BODY_SIZE;
        return new GatewayError('request_too_large', `Request exceeds the maximum size of ${limit} bytes`);
      }
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
        return undefined;
    }
  }
}
