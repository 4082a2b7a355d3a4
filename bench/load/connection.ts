import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

/** One answer, as far as its reader looked. Times are `performance.now()`. */
export interface Exchanged {
  status: number;
  bodyLength: number;
  /** Only where it was asked for. */
  body: Buffer | undefined;
  sentAt: number;
  firstByteAt: number;
  endedAt: number;
}

// Far above any pause of any scenario: whatever is silent for that long hangs.
const silenceLimit = 20_000;

/** One kept-alive connection that carries one request after the other. */
export class Connection {
  readonly #socket: Socket;
  #reader: ResponseReader | undefined;
  #answered: ((answer: Exchanged) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #sentAt = 0;
  #firstByteAt = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
    socket.setTimeout(silenceLimit, () => socket.destroy(new Error('no byte for too long')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends the bytes of a request and reads its answer. After a failure the connection is of no more use. */
  send(request: Buffer, keepBody: boolean, onFirstByte?: () => void): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      this.#reader = new ResponseReader(keepBody);
      this.#answered = resolve;
      this.#failed = reject;
      this.#firstByteAt = 0;
      this.#onFirstByte = onFirstByte;
      this.#sentAt = performance.now();
      this.#socket.write(request);
    });
  }

  #onFirstByte: (() => void) | undefined;

  close(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    const reader = this.#reader;
    if (!reader) {
      this.#socket.destroy(new Error('bytes nobody asked for'));
      return;
    }
    try {
      reader.push(bytes);
    } catch (error) {
      this.#socket.destroy(error as Error);
      return;
    }
    if (this.#firstByteAt === 0 && reader.bodyLength > 0) {
      this.#firstByteAt = performance.now();
      this.#onFirstByte?.();
    }
    if (reader.isComplete) {
      this.#finish(reader);
    }
  }

  #finish({ status, bodyLength, body }: ResponseReader): void {
    const endedAt = performance.now();
    const answered = this.#answered;
    this.#reader = undefined;
    this.#answered = undefined;
    this.#failed = undefined;
    answered?.({ status, bodyLength, body, sentAt: this.#sentAt, firstByteAt: this.#firstByteAt, endedAt });
  }

  #fail(error: Error): void {
    this.#reader = undefined;
    this.#failed?.(error);
    this.#failed = undefined;
  }
}
