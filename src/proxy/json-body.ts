import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { GatewayError } from '../core/errors.js';
import { isJsonNestedWithin } from '../core/messages/nesting.js';
import { requestContext } from '../platform/logging/request-context.js';
import { keepBody } from './verbatim/kept-body.js';

/** Every protocol takes less. */
const DEEPEST_NESTING = 1_000;
/** Characters that are parsed in a few hundredths of a second whatever they are; nothing but brackets takes that long. */
const QUICKLY_PARSED = 256 * 1024;

/** The one path that takes files; whoever serves it reads them, for callers with a key only. */
const UPLOADS = /^\/v2\/accounts\/import\/?$/i;

/** What the body parser throws: an error with a `type` of its own. */
interface BodyError {
  type?: string;
  status?: number;
}

/**
 * Reads a JSON body of at most `limit` bytes, whatever its content type says: clients that forget it mean JSON all the
 * same. A plain body is read here, for a third of the parser's cost on every request (npm run bench -- --scenario
 * short); an encoded one by Express' parser; an upload passes untouched. What is wrong with it becomes a GatewayError,
 * before Nest makes a plain HTTP error of it.
 */
export function jsonBody(limit: number): RequestHandler {
  const verify = (request: IncomingMessage, _response: unknown, bytes: Buffer, encoding: string) => {
    checkNesting(bytes.toString('latin1'));
    if (encoding === 'utf-8') keepBody(request, bytes);
  };
  const parseEncoded = express.json({ limit, type: () => true, verify });
  return (request, response, next) => {
    if (isUpload(request)) {
      next(Number(request.headers['content-length']) > limit ? tooLarge(limit) : undefined);
      return;
    }
    const { 'content-encoding': encoding } = request.headers;
    if (encoding !== undefined && encoding !== 'identity') {
      parseEncoded(request, response, (error) => next(error && toEncodedBodyError(error, limit)));
    } else if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
      next();
    } else {
      readPlain(request, limit, next);
    }
  };
}

function isUpload({ headers, path }: Request): boolean {
  return headers['content-type']?.startsWith('multipart/') === true && UPLOADS.test(path);
}

function readPlain(request: Request, limit: number, next: (error?: unknown) => void): void {
  if (Number(request.headers['content-length']) > limit) {
    next(tooLarge(limit)); // node reads the rest away after the answer
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  // The events come in the context of the connection.
  const context = requestContext.getStore();
  const done = (error?: unknown) => {
    request.off('data', onData).off('end', onEnd).off('close', onClose);
    if (context) requestContext.run(context, next, error);
    else next(error);
  };
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > limit) done(tooLarge(limit));
  };
  const onEnd = () => {
    try {
      const [first] = chunks;
      const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      request.body = length === 0 ? {} : parse(bytes.toString('utf8'));
      keepBody(request, bytes);
    } catch (error) {
      // The engine's own message quotes the body.
      done(error instanceof GatewayError ? error : notJson());
      return;
    }
    done();
  };
  const onClose = () => done(incomplete());
  request.on('data', onData).on('end', onEnd).on('close', onClose);
}

function parse(json: string): unknown {
  checkNesting(json);
  return JSON.parse(json);
}

/** A body of brackets alone would keep the engine busy for seconds, before anybody looked at its key. */
function checkNesting(json: string): void {
  if (json.length > QUICKLY_PARSED && !isJsonNestedWithin(json, DEEPEST_NESTING)) throw tooDeep();
}

function tooDeep(): GatewayError {
  return new GatewayError('invalid_body', `The request body is nested more than ${DEEPEST_NESTING} levels deep`);
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `Request exceeds the maximum size of ${limit} bytes`);
}

function notJson(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not valid JSON');
}

function incomplete(): GatewayError {
  return new GatewayError('invalid_body', 'The request body is not complete');
}

/** Codes by anthropic.md §8. */
function toEncodedBodyError(error: BodyError, limit: number): unknown {
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
