import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { drained, wait } from '../answers/wait.js';
import { checkBody, checkHeaders } from './check-call.js';
import { type BodyStep, type EndpointAnswer, errorOf, type MessagesBody, usualAnswer } from './endpoint-answer.js';

/** One call the endpoint received. */
export interface RecordedCall {
  method: string;
  /** With its query. */
  path: string;
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
  headers: Readonly<Record<string, string | string[] | undefined>>;
  bytes: Buffer;
  /** The client closed before the answer's end. */
  aborted: boolean;
  finished: boolean;
}

export interface AnthropicEndpointOptions {
  key?: string;
  /** Listed, and all there are; undefined: there is no list, and every name is served. */
  models?: readonly string[];
  /** What the API's paths stand behind. */
  prefix?: string;
  port?: number;
}

const LONGEST_RECORD = 10_000;

/** A stand-in for an endpoint of the Messages API: strict about key, headers and body, its answers scripted. */
export class AnthropicEndpoint {
  readonly url: string;
  key: string;
  models: readonly string[] | undefined;
  /** The newest calls, oldest first. */
  readonly calls: RecordedCall[] = [];
  /** Models on one page of the list. */
  pageSize = 20;
  private readonly script: EndpointAnswer[] = [];
  private readonly sockets = new Set<Socket>();
  private responder: ((body: MessagesBody) => EndpointAnswer) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly prefix: string,
    { key = 'sk-ant-simulated', models }: AnthropicEndpointOptions,
  ) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}${prefix}`;
    this.key = key;
    this.models = models;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request, response) => void this.handle(request, response));
  }

  static async start(options: AnthropicEndpointOptions = {}): Promise<AnthropicEndpoint> {
    const server = createServer({ keepAliveTimeout: 75_000, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return new AnthropicEndpoint(server, options.prefix ?? '', options);
  }

  /** Answers to good calls of the Messages API, once each and in this order, whatever is asked. */
  enqueue(...answers: EndpointAnswer[]): void {
    this.script.push(...answers);
  }

  /** What is answered when nothing is enqueued; undefined brings the usual answer back. */
  answer(responder: ((body: MessagesBody) => EndpointAnswer) | undefined): void {
    this.responder = responder;
  }

  /** Calls of `POST /v1/messages`. */
  get messages(): readonly RecordedCall[] {
    return this.calls.filter(({ path }) => /\/v1\/messages(\?|$)/.test(path));
  }

  get openSockets(): number {
    return this.sockets.size;
  }

  reset(): void {
    this.script.length = 0;
    this.calls.length = 0;
    this.responder = undefined;
  }

  /** Stops listening and destroys every connection; timers of open answers end with them. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', rawHeaders, headers } = request;
    const call: RecordedCall = {
      ...{ method, path: url, rawHeaders, headers },
      ...{ bytes: Buffer.alloc(0), aborted: false, finished: false },
    };
    this.calls.push(call);
    if (this.calls.length > LONGEST_RECORD) this.calls.shift();
    response.once('close', () => {
      call.finished = response.writableFinished;
      call.aborted = !response.writableFinished;
    });
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      call.bytes = Buffer.concat(chunks);
      await send(request, response, this.decide(call));
    } catch {
      response.destroy();
    }
  }

  private decide(call: RecordedCall): EndpointAnswer {
    const refusal = checkHeaders(call.headers, this.key);
    if (refusal) return refusal;
    const { pathname, searchParams } = new URL(call.path, this.url);
    switch (`${call.method} ${pathname}`) {
      case `GET ${this.prefix}/v1/models`:
        return this.page(searchParams);
      case `POST ${this.prefix}/v1/messages`:
      case `POST ${this.prefix}/v1/messages/count_tokens`:
        return this.converse(call, pathname.endsWith('/count_tokens'));
      default:
        return errorOf(404, 'not_found_error', `Not found: ${pathname}`);
    }
  }

  private converse(call: RecordedCall, counts: boolean): EndpointAnswer {
    const checked = checkBody(call.headers, call.bytes, this.models, !counts);
    if ('refusal' in checked) return checked.refusal;
    const scripted = this.script.shift();
    if (scripted) return scripted;
    if (counts) return { headers: { 'content-type': 'application/json' }, body: ['{"input_tokens": 4711}'] };
    return (this.responder ?? usualAnswer)(checked.body);
  }

  private page(query: URLSearchParams): EndpointAnswer {
    if (!this.models) return { status: 404, headers: { 'content-type': 'text/plain' }, body: ['404 page not found'] };
    const after = query.get('after_id');
    const start = after === null ? 0 : this.models.indexOf(after) + 1;
    const size = Math.min(this.pageSize, Number(query.get('limit') ?? 20));
    const ids = this.models.slice(start, start + size);
    const data = ids.map((id) => ({
      type: 'model',
      id,
      display_name: `Model ${id}`,
      created_at: '2026-01-01T00:00:00Z',
    }));
    const has_more = start + size < this.models.length;
    const page = { data, has_more, first_id: ids.at(0) ?? null, last_id: ids.at(-1) ?? null };
    return { headers: { 'content-type': 'application/json' }, body: [JSON.stringify(page)] };
  }
}

async function send(request: IncomingMessage, response: ServerResponse, answer: EndpointAnswer): Promise<void> {
  if (answer.latencyMs && !(await wait(response, answer.latencyMs))) return;
  const single = answer.body.length === 1 ? answer.body[0] : undefined;
  const isWhole = typeof single === 'string' || single instanceof Uint8Array;
  response.writeHead(answer.status ?? 200, {
    'request-id': 'req_simulated',
    ...(isWhole && { 'content-length': Buffer.byteLength(single) }),
    ...answer.headers,
  });
  response.flushHeaders();
  for (const step of answer.body) if (!(await play(request, response, step))) return;
  response.end();
}

/** Returns whether the answer goes on. */
async function play(request: IncomingMessage, response: ServerResponse, step: BodyStep): Promise<boolean> {
  if (response.destroyed) return false;
  if (step === 'silence') return false;
  if (step === 'reset') {
    // What was written before must be on its way first.
    await nextTurn();
    await nextTurn();
    request.socket.resetAndDestroy();
    return false;
  }
  if (typeof step === 'object' && 'pause' in step) return wait(response, step.pause);
  if (!response.write(step) && !(await drained(response))) return false;
  await nextTurn();
  return true;
}
