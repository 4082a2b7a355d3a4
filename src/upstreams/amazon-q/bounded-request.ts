import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

const TIMEOUT_MS = 15_000;

export interface BoundedRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** Largest answer that is read. */
  maxAnswerBytes: number;
}

export interface BoundedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * One request with one short answer: 15 s from first to last byte, and never more of the answer than allowed.
 * Redirects are not followed, so credentials go nowhere but to the URL given.
 * @throws when the network fails, the time is over or the answer is too long
 */
export async function requestBounded(http: Dispatcher, request: BoundedRequest): Promise<BoundedAnswer> {
  const { method, url, headers, body } = request;
  const response = await http.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers,
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop by a throw destroys the body, and the connection with it.
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > request.maxAnswerBytes) throw new Error(`The answer is longer than ${request.maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}
