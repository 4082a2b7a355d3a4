import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { xContentTypeOptions } from 'helmet';
import { destinationOf } from './destination.js';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

const DOCS = /^\/docs(\/|$)/;

/**
 * What is of use to whom: a browser that is led to an admin answer shows, embeds and keeps nothing of it; the page at
 * `/docs` runs its own scripts and asks this gateway only; programs that speak with models get the one header that
 * matters to JSON and event streams. Whether there is HTTPS in front is known there, not here: no
 * `strict-transport-security`.
 */
export function securityHeaders(): Middleware {
  const forPrograms = xContentTypeOptions();
  const forNobody = pageHeaders({ 'default-src': ["'none'"] });
  // The page's symbols and styles stand in itself; its icons come as data.
  const forReaders = pageHeaders({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
  });
  return (request, response, next) => {
    const { path, protocol } = destinationOf(request);
    if (protocol === 'admin' || request.method === 'GET') response.setHeader('cache-control', 'no-store');
    if (protocol !== 'admin' && protocol !== 'other') forPrograms(request, response, next);
    else if (DOCS.test(path)) forReaders(request, response, next);
    else forNobody(request, response, next);
  };
}

function pageHeaders(sources: Record<string, string[]>): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...sources,
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
    // Of browsers that are gone, or for pages with parts from elsewhere.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    // Set off where Express is made.
    xPoweredBy: false,
  });
}
