import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request asks for a WebSocket; the names of protocols ignore case (RFC 9110 §7.8). */
export function wantsWebSocket({ upgrade }: IncomingHttpHeaders): boolean {
  return (upgrade ?? '').split(',').some((protocol) => /^websocket(\/|$)/i.test(protocol.trim()));
}
