import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * Stands where the way out would be: an HTTP proxy that lets nothing pass and keeps what was asked for. The loopback
 * is excepted by NO_PROXY.
 */
export async function watchOutside() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(403, { connection: 'close' }).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const noProxy = '127.0.0.1,localhost';
  return {
    asked,
    environment: {
      HTTP_PROXY: url,
      HTTPS_PROXY: url,
      NO_PROXY: noProxy,
      http_proxy: url,
      https_proxy: url,
      no_proxy: noProxy,
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
