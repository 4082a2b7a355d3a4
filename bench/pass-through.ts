import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dispatcher, Pool } from 'undici';

/**
 * The yardstick: a proxy on the same Node that reads nothing and forwards bytes both ways, with kept-alive
 * connections. undici's callbacks took less CPU here than `http.request` with pipes.
 */
const connections = 4096;
const keepAliveMilliseconds = 75_000;

const upstream = new Pool(process.env.UPSTREAM ?? '', { connections, pipelining: 1 });

function forward(request: IncomingMessage, response: ServerResponse): void {
  const method = request.method as Dispatcher.HttpMethod;
  upstream.dispatch({ method, path: request.url ?? '/', headers: request.headers, body: request }, answerTo(response));
}

function answerTo(response: ServerResponse): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  const leave = () => {
    if (!response.writableFinished) {
      controller?.abort(new Error('the client left'));
    }
  };
  response.on('drain', () => controller?.resume());
  response.once('close', leave);
  return {
    onRequestStart(started) {
      controller = started;
    },
    onResponseStart(_controller, status, { connection, 'keep-alive': _, 'transfer-encoding': __, ...headers }) {
      response.writeHead(status, headers);
    },
    onResponseData(_controller, chunk) {
      if (!response.write(chunk)) {
        controller?.pause();
      }
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      response.destroy();
    },
  };
}

const server = createServer({ keepAliveTimeout: keepAliveMilliseconds, noDelay: true }, forward);
server.listen({ port: 0, host: '127.0.0.1', backlog: connections }, () => {
  process.stderr.write(`pass-through listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit());
