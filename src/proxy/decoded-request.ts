import type { Request } from 'express';
import type { MessagesRequest } from '../core/messages/vocabulary.js';
import { decodeRequest } from '../core/protocols/anthropic/decode-request.js';
import { apiHeadersOf } from './api-headers.js';

/** A request of the Messages API; undefined where it is not one that we could answer ourselves. */
export function decodedOf({ body, headers, url }: Request): MessagesRequest | undefined {
  try {
    return decodeRequest(body, apiHeadersOf({ headers, url }).version);
  } catch {
    return undefined;
  }
}
