import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, Binding } from './answer.js';

/** One request the simulator received. */
export interface RecordedRequest {
  /** `GenerateAssistantResponse`, `CreateToken`, …; `Unknown` when nothing of that address exists. */
  operation: string;
  binding: Binding | undefined;
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else its text. */
  body: unknown;
  accountId: string | undefined;
  at: number;
  /** `refused`: by the simulator's own rules. A scripted error is the answer to an accepted request. */
  outcome: 'accepted' | 'refused';
  /** Why it was refused. `detail` says what the service would keep to itself. */
  error?: { status: number; type: string; reason?: string | null; message: string; detail?: string };
  answer?: Answer['kind'];
  /** The client closed before the answer's end. */
  aborted: boolean;
  /** The answer was sent to its end. */
  finished: boolean;
}

const recordLimit = 10_000;
const byteLimit = 256 * 1024 * 1024;

/** The newest requests: bounded in number, and in the bytes of their bodies. */
export class Records {
  #list: RecordedRequest[] = [];
  #sizes: number[] = [];
  #bytes = 0;

  get list(): readonly RecordedRequest[] {
    return this.#list;
  }

  add(record: RecordedRequest, bodyBytes: number): void {
    this.#list.push(record);
    this.#sizes.push(bodyBytes);
    this.#bytes += bodyBytes;
    while (this.#list.length > recordLimit || (this.#bytes > byteLimit && this.#list.length > 1)) {
      this.#list.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
  }

  clear(): void {
    this.#list = [];
    this.#sizes = [];
    this.#bytes = 0;
  }
}
