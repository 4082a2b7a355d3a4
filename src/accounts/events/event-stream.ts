import type { ServerResponse } from 'node:http';
import { formatEvent } from '../../core/protocols/sse/format-event.js';
import { type AccountEvent, formatAccountEvent } from './account-event.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Asks reverse proxies not to gather the stream.
  'x-accel-buffering': 'no',
};
/** Characters that wait for a listener that does not read; then its stream is cut. */
const MOST_WAITING = 256 * 1024;
/** What is left to read then has so long. */
const LONGEST_END_MS = 5_000;
const KEEP_ALIVE = ': keep-alive\n\n';

/** The events as one listener reads them: server-sent, with a comment in every silence. */
export class EventStream {
  private readonly keepAlive: NodeJS.Timeout;

  /** Answers at once: from here on the listener misses nothing that happens. */
  constructor(
    private readonly response: ServerResponse,
    silenceMs: number,
  ) {
    response.writeHead(200, HEADERS);
    response.write(formatEvent('ready', '{"type":"ready"}'));
    this.keepAlive = setInterval(() => this.write(KEEP_ALIVE), silenceMs).unref();
    response.once('close', () => clearInterval(this.keepAlive));
  }

  send(event: AccountEvent): void {
    this.keepAlive.refresh();
    this.write(formatEvent(event.type, formatAccountEvent(event)));
  }

  end(): void {
    clearInterval(this.keepAlive);
    this.response.setTimeout(LONGEST_END_MS, () => this.response.destroy());
    this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(text);
    if (this.response.writableLength > MOST_WAITING) this.response.destroy();
  }
}
