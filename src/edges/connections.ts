import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CONNECTION_LIMITS } from './connection-limits.js';

/** What is known of a connection. */
export interface Connection {
  /** Requests that were not answered to the end. */
  open: number;
  /** The latest one, as long as it is not both complete and answered. */
  latest?: { request: IncomingMessage; response: ServerResponse };
  /** It sent what is no request, and was told so. */
  isRefused?: boolean;
  /** Its last answer was written: what still comes is thrown away. */
  isEnding?: boolean;
}

/** A property and not a WeakMap: those cost the collector more than the request itself. */
const CONNECTION: unique symbol = Symbol('connection');

type KnownSocket = Socket & { [CONNECTION]?: Connection };

export function connectionOf(socket: Socket): Connection {
  const known = socket as KnownSocket;
  known[CONNECTION] ??= newConnection(socket);
  return known[CONNECTION];
}

function newConnection(socket: Socket): Connection {
  const connection: Connection = { open: 0 };
  // Node calls it after the last answer. Closed at once, while the client still sends, it would take the answer with it.
  const { destroySoon } = socket;
  socket.destroySoon = () => {
    const request = connection.latest?.request;
    if (!request || request.complete || request.destroyed) {
      destroySoon.call(socket);
      return;
    }
    connection.isEnding = true;
    request.once('close', () => destroySoon.call(socket));
    socket.setTimeout(CONNECTION_LIMITS.farewellMs, () => socket.destroy());
    socket.end();
  };
  return connection;
}

/**
 * In front of `listener`: nobody sends request after request without reading answers, and a body that nobody wanted is
 * read away for a while only.
 */
export function watchConnections(listener: RequestListener): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connectionOf(socket);
    if (connection.isEnding || connection.open >= CONNECTION_LIMITS.pipelined) {
      socket.destroy();
      return;
    }
    const latest = { request, response };
    connection.latest = latest;
    connection.open += 1;
    response.once('close', () => {
      connection.open -= 1;
      if (!request.complete) giveUp(request, socket);
      else if (connection.latest === latest) connection.latest = undefined;
    });
    listener(request, response);
  };
}

/** Node reads the rest away, so that a client that is still sending gets to read its answer. */
function giveUp(request: IncomingMessage, socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), CONNECTION_LIMITS.unwantedBodyMs).unref();
  request.once('close', () => clearTimeout(timer));
}
