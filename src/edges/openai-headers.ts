import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOpenai } from '../core/protocols/protocol-of-path.js';
import { destinationOf } from './destination.js';

const API_VERSION = '2020-10-01';

/** What the real API sends with every answer, good or bad (openai.md §3); the request id is set with the others'. */
export function openaiHeaders(now: () => number) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (isOpenai(destinationOf(request).protocol)) addHeaders(response, now);
    next();
  };
}

/** The time is known when the headers go out: node calls this itself where nobody else does. */
function addHeaders(response: ServerResponse, now: () => number): void {
  const startedAt = now();
  const writeHead = response.writeHead;
  response.setHeader('openai-version', API_VERSION);
  response.writeHead = ((...head: Parameters<typeof writeHead>) => {
    if (!response.headersSent) response.setHeader('openai-processing-ms', Math.round(now() - startedAt));
    return writeHead.apply(response, head);
  }) as typeof writeHead;
}
