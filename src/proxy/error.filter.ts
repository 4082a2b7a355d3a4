import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type ErrorKind, GatewayError, toGatewayError } from '../core/errors.js';
import { encodeErrorFor } from '../core/protocols/encode-error.js';
import { isOpenai, protocolOf } from '../core/protocols/protocol-of-path.js';
import { tellDatabaseAway } from '../platform/database/database-away.js';
import { currentRequestId, noteFacts } from '../platform/logging/request-context.js';
import { InternalErrors } from './internal-errors.service.js';

const BY_STATUS: Record<number, ErrorKind> = {
  400: 'invalid_request',
  401: 'authentication',
  403: 'permission',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'request_too_large',
};

/** A path names fields, and in tools' schemas perhaps more of them than a line can bear. */
const LONGEST_PATH = 100;
/** It may name a model, or anything else that is not there. */
const LONGEST_MESSAGE = 300;

/**
 * The one place where an error becomes an answer: in the protocol of the path it happened on, whatever went wrong.
 * Registered for the whole application, so that it sees what happens before routing too.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly internalErrors: InternalErrors) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = this.recognise(thrown, request);
    noteFacts({
      errorKind: error.kind,
      // Words about a request may quote it, ours as the service's: the log has the place, the class and the reason.
      errorMessage:
        error.failure || error.kind === 'invalid_request' ? undefined : error.message.slice(0, LONGEST_MESSAGE),
      errorPath: error.path?.slice(0, LONGEST_PATH),
      failureClass: error.failure?.class,
      failureReason: error.failure?.reason,
    });
    this.internalErrors.report(error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const requestId = currentRequestId() ?? '';
    const protocol = protocolOf(request.path, request.headers);
    if (error.answer && protocol === 'anthropic') {
      response.writeHead(error.answer.status, { 'content-type': error.answer.contentType });
      response.end(error.answer.body);
      return;
    }
    const { status, headers, body } = encodeErrorFor(protocol, error, requestId);
    // A client that is told to come again should come to another replica.
    if (error.kind === 'unavailable') response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  }

  private recognise(thrown: unknown, request: Request): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    if (!(thrown instanceof HttpException)) return toGatewayError(tellDatabaseAway(thrown));
    const kind = BY_STATUS[thrown.getStatus()];
    if (!kind) return toGatewayError(thrown);
    const message = kind === 'not_found' ? unknownUrl(request) : thrown.message;
    return new GatewayError(kind, message, { cause: thrown });
  }
}

/** In each API's own words (openai.md §2). */
function unknownUrl(request: Request): string {
  const url = `${request.method} ${request.path.slice(0, 200)}`;
  return isOpenai(protocolOf(request.path, request.headers)) ? `Invalid URL (${url})` : `Not found: ${url}`;
}
