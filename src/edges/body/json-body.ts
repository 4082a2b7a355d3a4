import type { IncomingMessage } from 'node:http';
import express, { type Request, type Response } from 'express';
import { GatewayError } from '../../core/errors.js';
import { isJsonNestedWithin } from '../../core/messages/nesting.js';
import { keepBody } from '../../proxy/verbatim/kept-body.js';
import { DEEPEST_NESTING, encodedBodyError, incomplete, notJson, tooDeep, tooLarge } from './body-errors.js';

/** Characters that are parsed in a few hundredths of a second whatever they are; nothing but brackets takes that long. */
const QUICKLY_PARSED = 256 * 1024;

/** Reads the body of a request into its `body`. */
export type ReadBody = (request: Request, response: Response) => Promise<void>;

/**
 * Reads a JSON body of at most `limit` bytes, whatever its content type says: clients that forget it mean JSON all the
 * same. A plain body is read here, for a third of the parser's cost on every request (npm run bench -- --scenario
 * short); an encoded one by Express' parser.
 */
export function jsonBody(limit: number): ReadBody {
  const verify = (request: IncomingMessage, _response: unknown, bytes: Buffer, encoding: string) => {
    checkNesting(bytes.toString('latin1'));
    if (encoding === 'utf-8') keepBody(request, bytes);
  };
  const parseEncoded = express.json({ limit, type: () => true, verify });
  return (request, response) => {
    const { 'content-encoding': encoding } = request.headers;
    if (encoding === undefined || encoding === 'identity') return readPlain(request, limit);
    return new Promise((resolve, reject) => {
      parseEncoded(request, response, (error) => (error ? reject(encodedBodyError(error, limit)) : resolve()));
    });
  };
}

function readPlain(request: Request, limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = () => request.off('data', onData).off('end', onEnd).off('close', onClose);
    const fail = (error: GatewayError) => {
      done();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) fail(tooLarge(limit));
    };
    const onEnd = () => {
      done();
      try {
        const [first] = chunks;
        const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
        request.body = length === 0 ? {} : parse(bytes.toString('utf8'));
        keepBody(request, bytes);
        resolve();
      } catch (error) {
        // The engine's own message quotes the body.
        reject(error instanceof GatewayError ? error : notJson());
      }
    };
    const onClose = () => fail(incomplete());
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // It went while its key was looked up: there is no further event.
    if (request.destroyed) onClose();
  });
}

function parse(json: string): unknown {
  checkNesting(json);
  return JSON.parse(json);
}

/** A body of brackets alone would keep the engine busy for seconds. */
function checkNesting(json: string): void {
  if (json.length > QUICKLY_PARSED && !isJsonNestedWithin(json, DEEPEST_NESTING)) throw tooDeep();
}
