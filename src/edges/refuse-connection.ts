import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '../core/errors.js';
import { encodeErrorFor } from '../core/protocols/encode-error.js';
import { type ClientProtocol, protocolOf, requestIdHeader } from '../core/protocols/protocol-of-path.js';
import { CONNECTION_LIMITS } from './connection-limits.js';
import { type Connection, connectionOf } from './connections.js';
import { tidied } from './tidy-path.js';

/** What Node found wrong on a connection. */
export interface ClientError extends Error {
  code?: string;
  /** Of the parser, in fixed words. */
  reason?: string;
  /** The bytes it was found in. */
  rawPacket?: Buffer;
}

/** A request for a tunnel, which Node hands over as a bare connection. */
export const TUNNEL: ClientError = Object.freeze({ name: 'Error', message: 'CONNECT', code: 'CONNECT' });

/** What a connection was refused for. */
export interface Refusal {
  requestId: string;
  protocol: ClientProtocol;
  status: number;
  code: string | undefined;
  address: string | undefined;
}

/** Of a packet, what is looked at for its first line and headers. */
const LOOKED_AT = 8 * 1024;

/**
 * Answers what is no request at all, as far as can be told in the protocol of its path, and closes the connection. Where
 * an answer is on its way already, or the client is gone, it is only closed.
 * @param fallback the protocol where no path can be read
 * @returns undefined where nothing was answered
 */
export function refuseConnection(error: ClientError, socket: Socket, fallback: ClientProtocol): Refusal | undefined {
  const connection = connectionOf(socket);
  if (connection.isRefused) return undefined; // more of the same
  const { latest } = connection;
  const refused = toGatewayError(error);
  if (!refused || !socket.writable || !isNextToAnswer(connection)) {
    socket.destroy();
    return undefined;
  }
  connection.isRefused = true;
  const protocol = latest
    ? protocolOf(pathOf(latest.request.url), latest.request.headers)
    : protocolIn(error.rawPacket, fallback);
  const requestId = `req_${randomUUID().replaceAll('-', '')}`;
  const status = answer(socket, refused, protocol, requestId);
  return { requestId, protocol, status, code: error.code, address: socket.remoteAddress };
}

/** Whether what is said now is taken for the answer to what is wrong: to nothing before it. */
function isNextToAnswer({ open, latest }: Connection): boolean {
  if (!latest) return open === 0;
  return open === 1 && !latest.request.complete && !latest.response.headersSent;
}

/** The status that was answered. */
function answer(socket: Socket, error: GatewayError, protocol: ClientProtocol, requestId: string): number {
  const { status, headers, body } = encodeErrorFor(protocol, error, requestId);
  const json = Buffer.from(JSON.stringify(body));
  const head = Object.entries({
    'content-type': 'application/json',
    ...headers,
    [requestIdHeader(protocol)]: requestId,
    'x-content-type-options': 'nosniff',
    'content-length': json.length,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n`), json]));
  const timer = setTimeout(() => socket.destroy(), CONNECTION_LIMITS.farewellMs).unref();
  socket.once('close', () => clearTimeout(timer));
  return status;
}

/** Undefined where nobody is there to be told. */
function toGatewayError({ code = '', reason }: ClientError): GatewayError | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError(
      'head_too_large',
      `The request line and the headers are larger than ${CONNECTION_LIMITS.headBytes} bytes`,
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError('slow_request', 'The request did not come in time');
  }
  if (code === TUNNEL.code) return new GatewayError('method_not_allowed', 'The gateway is no proxy');
  if (!code.startsWith('HPE_')) return undefined;
  return new GatewayError('invalid_request', `The request is not valid HTTP/1.1${reason ? `: ${reason}` : ''}`);
}

/** By what stands in the packet in which the fault was found: the first one, unless the client sent many. */
function protocolIn(packet: Buffer | undefined, fallback: ClientProtocol): ClientProtocol {
  const text = packet?.toString('latin1', 0, LOOKED_AT) ?? '';
  const target = /^[A-Z]{3,20} ([^ \r\n]{1,4096})/.exec(text)?.[1];
  if (!target) return fallback;
  const names = ['anthropic-version', 'user-agent'];
  const headers = names.map((name) => [name, new RegExp(`\r\n${name}: *([^\r\n]{0,200})`, 'i').exec(text)?.[1]]);
  return protocolOf(pathOf(tidied(target)), Object.fromEntries(headers));
}

function pathOf(url = '/'): string {
  return url.split('?', 1)[0] as string;
}
