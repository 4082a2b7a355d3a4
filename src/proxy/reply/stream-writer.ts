import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../../core/errors.js';
import type { Flow } from '../../core/messages/flow.js';
import type { StreamCodec } from './stream-codec.js';
import type { StreamTimes } from './stream-times.js';

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Asks reverse proxies not to gather the stream.
  'x-accel-buffering': 'no',
};

/**
 * Writes one stream: everything that came in one go as one write, pings in silence, upstream held back while the
 * client does not read. At most what upstream sent in one read waits here.
 */
export class StreamWriter<E> {
  private waiting = '';
  private opened = false;
  private flushQueued = false;
  private readonly statusTimer: NodeJS.Timeout | undefined;
  private pingTimer: NodeJS.Timeout | undefined;
  private stallTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly codec: StreamCodec<E>,
    private readonly flow: Flow,
    private readonly times: StreamTimes,
  ) {
    if (response.headersSent) this.goOn();
    else this.statusTimer = setTimeout(() => this.write(this.codec.ping), times.status);
    response.on('drain', this.onDrain);
  }

  /** Whether the client was, or is about to be, told 200. */
  get hasBegun(): boolean {
    return this.opened || this.waiting !== '';
  }

  event(event: E): void {
    this.write(this.codec.push(event));
  }

  end(): void {
    this.flush();
    // The stall timer ends with this object; the last bytes have the same limit.
    this.response.setTimeout(this.times.stall, () => this.response.destroy());
    this.response.end();
  }

  fail(error: GatewayError): void {
    this.waiting += this.codec.fail(error);
    this.end();
  }

  /** Ends every timer; must be called on every path. */
  dispose(): void {
    clearTimeout(this.statusTimer);
    clearTimeout(this.pingTimer);
    clearTimeout(this.stallTimer);
    this.response.off('drain', this.onDrain);
  }

  private write(text: string): void {
    this.waiting += text;
    if (this.flushQueued) return;
    this.flushQueued = true;
    // After the read that brought this event: its other events go out with it in one write.
    process.nextTick(() => {
      this.flushQueued = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.waiting === '' || this.response.destroyed || this.response.writableEnded) return;
    if (!this.opened) this.open();
    const text = this.waiting;
    this.waiting = '';
    this.pingTimer?.refresh();
    if (this.response.write(text)) return;
    this.flow.pause('client');
    this.stallTimer ??= setTimeout(() => this.response.destroy(), this.times.stall);
  }

  private readonly onDrain = (): void => {
    clearTimeout(this.stallTimer);
    this.stallTimer = undefined;
    this.flow.resume('client');
  };

  private open(): void {
    this.opened = true;
    clearTimeout(this.statusTimer);
    this.response.writeHead(200, STREAM_HEADERS);
    this.keepAlive();
  }

  /** Somebody waited for another answer before, and told the client 200. */
  private goOn(): void {
    this.opened = true;
    this.keepAlive();
  }

  private keepAlive(): void {
    this.pingTimer = setTimeout(() => this.ping(), this.times.ping);
  }

  private ping(): void {
    // A client that does not read needs no pings, and they must not pile up for it.
    if (!this.response.writableNeedDrain) this.write(this.codec.ping);
    this.pingTimer?.refresh();
  }
}
