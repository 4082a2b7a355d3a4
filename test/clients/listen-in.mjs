import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

/**
 * @typedef {object} Exchange one request of the client and what the gateway answered
 * @property {string} method
 * @property {string} path with its query
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {any} body parsed where it is JSON
 * @property {number} [status] none: the gateway did not answer
 * @property {import('node:http').IncomingHttpHeaders} [answerHeaders]
 * @property {string} answer as text, up to where it came
 * @property {boolean} whole the answer came to its end and the client took it
 */

/**
 * Stands between the client and the gateway and keeps what both say. It passes bytes on as they come, and a broken
 * connection as a broken one, to both sides.
 * @param {string} target URL of the gateway
 */
export async function listenIn(target) {
  /** @type {Exchange[]} */
  const exchanges = [];
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const exchange = { method, path, headers, body: undefined, answer: '', whole: false };
    exchanges.push(exchange);
    // One connection for each request: an idle one that the gateway closes would be a fault of this listener.
    const onward = send(new URL(path, target), { method, headers, agent: false });
    passRequest(request, onward, exchange);
    onward.on('response', (answer) => passAnswer(answer, response, exchange));
    onward.on('error', () => response.destroy());
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    exchanges,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function passRequest(request, onward, exchange) {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.once('end', () => {
    const body = Buffer.concat(pieces);
    exchange.body = parsed(body.toString());
    onward.end(body);
  });
}

function passAnswer(answer, response, exchange) {
  exchange.status = answer.statusCode;
  exchange.answerHeaders = answer.headers;
  const decoder = new TextDecoder();
  response.writeHead(answer.statusCode, answer.headers);
  answer.on('data', (piece) => {
    exchange.answer += decoder.decode(piece, { stream: true });
    response.write(piece);
  });
  answer.once('end', () => {
    response.end(() => {
      exchange.whole = true;
    });
  });
  answer.once('error', () => response.destroy());
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
