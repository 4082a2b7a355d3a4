import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientProtocol } from '../core/protocols/protocol-of-path.js';
import { awaitContinue } from './body/expect-continue.js';
import { CONNECTION_LIMITS } from './connection-limits.js';
import { watchConnections } from './connections.js';
import { type ClientError, type Refusal, refuseConnection, TUNNEL } from './refuse-connection.js';

export interface ServerOptions {
  maxConnections: number;
  /** Of errors on connections that sent no readable path. */
  fallback: ClientProtocol;
  /** Told of connections that were refused before there was a request. */
  refused(refusal: Refusal): void;
  /** Told of what keeps a listening server from taking a connection. */
  failed(error: Error): void;
  /** Told of connections that were closed because there are too many. */
  dropped(): void;
}

/** A server of HTTP/1.1 with the limits of `CONNECTION_LIMITS`. */
export function createHttpServer(listener: RequestListener, options: ServerOptions): Server {
  const { headMs, requestMs, keepAliveMs, checkMs, unreadHeadBytes } = CONNECTION_LIMITS;
  const onRequest = watchConnections(listener);
  const server = createServer(
    {
      maxHeaderSize: unreadHeadBytes,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkMs,
      // Checked with the other headers, for an answer in the caller's protocol.
      requireHostHeader: false,
    },
    onRequest,
  );
  // No number: none is left out in silence, their size is limited.
  server.maxHeadersCount = 0;
  server.maxConnections = options.maxConnections;
  server.on('drop', options.dropped);
  server.once('listening', () => server.on('error', options.failed));
  const refuse = (error: ClientError, socket: Socket) => {
    const refusal = refuseConnection(error, socket, options.fallback);
    if (refusal) options.refused(refusal);
  };
  server.on('clientError', refuse);
  server.on('connect', (_request: IncomingMessage, socket: Socket) => refuse(TUNNEL, socket));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    awaitContinue(request, response);
    onRequest(request, response);
  });
  // Any other expectation may be ignored (RFC 9110 §10.1.1).
  server.on('checkExpectation', onRequest);
  return server;
}
