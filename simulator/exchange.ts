import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Binding } from './answer.js';
import type { RecordedRequest } from './records.js';
import { ServiceError, validationError } from './service-error.js';

const bodyLimit = 40 * 1024 * 1024;

/** One request and its answer, with the record that is kept of them. */
export class Exchange {
  readonly path: string;
  readonly record: RecordedRequest;
  body: Buffer = Buffer.alloc(0);

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    at: number,
  ) {
    const target = request.url ?? '/';
    const queryStart = target.indexOf('?');
    this.path = queryStart < 0 ? target : target.slice(0, queryStart);
    this.record = {
      operation: 'Unknown',
      binding: undefined,
      method: request.method ?? '',
      path: target,
      headers: request.headers,
      body: undefined,
      accountId: undefined,
      at,
      outcome: 'accepted',
      aborted: false,
      finished: false,
    };
    response.once('close', () => {
      this.record.finished = response.writableFinished;
      this.record.aborted ||= !response.writableFinished && !this.#cutHere;
    });
  }

  #cutHere = false;

  get query(): URLSearchParams {
    return new URLSearchParams(this.record.path.slice(this.path.length));
  }

  get binding(): Binding | undefined {
    return this.record.binding;
  }

  /** Reads the whole body; rejects when the client leaves before its end. */
  async readBody(): Promise<void> {
    const { request } = this;
    this.body = await new Promise<Buffer>((resolve, reject) => {
      const pieces: Buffer[] = [];
      let length = 0;
      request.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length <= bodyLimit) {
          pieces.push(piece);
        } else {
          // The rest is still read and thrown away: a client that is busy sending would not see the answer.
          pieces.length = 0;
          reject(bodyTooLarge());
        }
      });
      request.once('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
      request.once('close', () => {
        if (!request.complete) {
          reject(new Error('the client left while it was sending'));
        }
      });
    });
  }

  /** The body as JSON; an empty one is `undefined`. What was read goes into the record. */
  json(): unknown {
    if (this.body.length === 0) {
      return undefined;
    }
    const text = this.body.toString();
    try {
      this.record.body = JSON.parse(text);
    } catch (cause) {
      this.record.body = text;
      throw validationError('REQUEST_BODY_INVALID_JSON', 'Improperly formed request.', String(cause));
    }
    return this.record.body;
  }

  sendJson(status: number, value: unknown, headers: Record<string, string> = {}): void {
    const body = Buffer.from(JSON.stringify(value));
    const contentType = this.binding === 'awsJson1.0' ? 'application/x-amz-json-1.0' : 'application/json';
    this.response.writeHead(status, { 'content-type': contentType, 'content-length': body.length, ...headers });
    this.response.end(body);
  }

  /** Tears the connection down in a way the client can't mistake for an end. */
  reset(): void {
    this.#cutHere = true;
    this.request.socket.resetAndDestroy();
  }
}

function bodyTooLarge(): ServiceError {
  return new ServiceError({ status: 413, type: 'RequestEntityTooLargeException', message: 'Request is too large.' });
}
