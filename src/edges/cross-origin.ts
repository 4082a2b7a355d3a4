import type { IncomingMessage, ServerResponse } from 'node:http';
import { destinationOf } from './destination.js';

const METHODS = 'GET, POST, DELETE';
/** Where a browser does not say what it wants to send. */
const USUAL_HEADERS = 'authorization, content-type, x-api-key, api-key, anthropic-version, anthropic-beta';
const HEADER_NAMES = /^[\w\-, ]{1,4096}$/;
const RATE_LIMIT_HEADERS = ['requests', 'tokens'].flatMap((what) =>
  ['limit', 'remaining', 'reset'].flatMap((word) => [
    `anthropic-ratelimit-${what}-${word}`,
    `x-ratelimit-${word}-${what}`,
  ]),
);
const EXPOSED =
  'x-request-id, request-id, openai-processing-ms, openai-version, retry-after, retry-after-ms, x-should-retry, x-amq-account, x-amq-attempts, x-amq-model' +
  `, ${RATE_LIMIT_HEADERS.join(', ')}`;
const A_DAY = '86400';

/**
 * Lets pages of the given origins call the model API from a browser (openai.md §3): they need a key like everybody, and
 * no cookie is ever read. SDKs send many headers of their own, so that those a browser asks for are allowed. The admin
 * API stays closed, and without any origin so does everything.
 * @param origins such as `https://app.example.com`; `*`: any
 */
export function crossOrigin(origins: readonly string[]) {
  const isAllowed = originCheck(origins);
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const { origin } = request.headers;
    if (origin === undefined || !isAllowed(origin) || !isModelApi(request)) {
      next();
      return;
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      response.setHeader('access-control-expose-headers', EXPOSED);
      next();
      return;
    }
    const asked = String(request.headers['access-control-request-headers'] ?? '');
    response.writeHead(204, {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': HEADER_NAMES.test(asked) ? asked : USUAL_HEADERS,
      'access-control-max-age': A_DAY,
    });
    response.end();
  };
}

function originCheck(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const allowed = new Set(origins);
  return (origin) => allowed.has(origin);
}

function isModelApi(request: IncomingMessage): boolean {
  const { protocol } = destinationOf(request);
  return protocol !== 'admin' && protocol !== 'other';
}
