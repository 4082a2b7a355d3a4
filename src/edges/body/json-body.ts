import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import type { Request } from 'express';
import { GatewayError } from '../../core/errors.js';
import { isJsonNestedWithin } from '../../core/messages/nesting.js';
import { keepBody } from '../../proxy/verbatim/kept-body.js';
import * as errors from './body-errors.js';
import { decoderOf } from './decoders.js';

/** Characters that are parsed in a few hundredths of a second whatever they are; nothing but brackets takes that long. */
const QUICKLY_PARSED = 256 * 1024;

/** What a body may take. */
export interface BodyBounds {
  /** Bytes, decoded. */
  limit: number;
  /** Told of every further piece that is held until the body is there; false: there is no room. */
  take(bytes: number): boolean;
}

/**
 * Reads a JSON body into the request's `body`, whatever its content type says: clients that forget it mean JSON all the
 * same.
 * @throws GatewayError when it is too large, incomplete or no JSON
 */
export async function readJson(request: Request, bounds: BodyBounds): Promise<void> {
  const { 'content-encoding': encoding = '' } = request.headers;
  const isPlain = encoding === '' || encoding.toLowerCase() === 'identity';
  const bytes = isPlain ? await readAll(request, request, bounds) : await readEncoded(request, encoding, bounds);
  request.body = bytes.length === 0 ? {} : parse(bytes.toString('utf8'));
  keepBody(request, bytes);
}

async function readEncoded(request: Request, encoding: string, bounds: BodyBounds): Promise<Buffer> {
  const decoder = decoderOf(encoding);
  if (!decoder) throw errors.unknownEncoding();
  try {
    return await readAll(request, request.pipe(decoder), bounds);
  } finally {
    stop(request, decoder);
  }
}

function stop(request: IncomingMessage, decoder: Transform): void {
  request.unpipe(decoder);
  decoder.on('error', () => undefined).destroy();
  // The rest is of no use, and has to be gone before the next request.
  request.resume();
}

/** @param source the request or what decodes it */
function readAll(request: IncomingMessage, source: Readable, { limit, take }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const isPlain = source === request;
    const chunks: Buffer[] = [];
    let length = 0;
    const done = () => {
      source.off('data', onData).off('end', onEnd).off('error', onError);
      request.off('close', onClose);
    };
    const fail = (error: GatewayError) => {
      done();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) fail(isPlain ? errors.tooLarge(limit) : errors.tooLargeDecoded(limit));
      else if (!take(chunk.length)) fail(errors.noRoom());
    };
    const onEnd = () => {
      done();
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks));
    };
    const onError = () => fail(isPlain ? errors.incomplete() : errors.notDecodable());
    const onClose = () => {
      if (!request.readableEnded) fail(errors.incomplete());
    };
    source.on('data', onData).on('end', onEnd).on('error', onError);
    request.on('close', onClose);
    // It went while its key was looked up: there is no further event.
    if (request.destroyed) fail(errors.incomplete());
  });
}

function parse(json: string): unknown {
  if (json.length > QUICKLY_PARSED && !isJsonNestedWithin(json, errors.DEEPEST_NESTING)) throw errors.tooDeep();
  try {
    return JSON.parse(json);
  } catch {
    // The engine's own message quotes the body.
    throw errors.notJson();
  }
}
