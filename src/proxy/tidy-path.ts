import type { IncomingMessage } from 'node:http';

/** Base URLs are glued by hand and carry a `/v1` of their own (openai.md §2, anthropic.md §1). */
const TWICE_V1 = /^(\/v1)+(?=\/v1(\/|$))/;
const SLASHES = /\/{2,}/g;

/**
 * First of all, before anybody looks at the path: one slash for many, one `/v1` for several. The query stays as it is;
 * so does a slash that is written as `%2F`. One walk along the path, whose length node limits with the headers.
 */
export function tidyPath(request: IncomingMessage, _response: unknown, next: () => void): void {
  if (request.url?.startsWith('/')) request.url = tidied(request.url);
  next();
}

export function tidied(url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  return path.replace(SLASHES, '/').replace(TWICE_V1, '') + query;
}
