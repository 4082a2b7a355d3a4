import type { IncomingMessage } from 'node:http';

/** Base URLs are glued by hand and carry a `/v1` of their own (openai.md §2, anthropic.md §1). */
const TWICE_V1 = /^(\/v1)+(?=\/v1(\/|$))/;
const SLASHES = /\/{2,}/g;
/** A request may name the whole URL, as if the gateway were a proxy (RFC 9112 §3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;
/** Has no place in a request's target, and routers read it in different ways: `\` as `/`, for example. */
const STRANGE = /[^!-[\]-~]/g;

/**
 * First of all, before anybody looks at the path, so that all see the same one: without origin and fragment, one slash
 * for many, one `/v1` for several, strange characters encoded. The query stays as it is; so does a slash that is
 * written as `%2F`. A few walks along the path, whose length is limited with the headers.
 */
export function tidyPath(request: IncomingMessage, _response: unknown, next: () => void): void {
  request.url = tidied(request.url ?? '/');
  next();
}

export function tidied(url: string): string {
  const target = encoded(withoutFragment(withoutOrigin(url)));
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  const query = queryAt < 0 ? '' : target.slice(queryAt);
  return path.replace(SLASHES, '/').replace(TWICE_V1, '') + query;
}

function withoutOrigin(url: string): string {
  if (url.startsWith('/')) return url;
  const target = url.replace(ORIGIN, '');
  return target.startsWith('/') ? target : `/${target}`;
}

function withoutFragment(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}

/** Node hands on bytes, one a character. */
function encoded(target: string): string {
  return target.replace(
    STRANGE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
