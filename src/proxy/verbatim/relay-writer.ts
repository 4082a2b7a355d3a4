import type { ServerResponse } from 'node:http';
import { type Observable, tap } from 'rxjs';
import type { GatewayError } from '../../core/errors.js';
import type { Flow } from '../../core/messages/flow.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import type { RelayEvent, RelayHead } from '../../core/protocols/anthropic-upstream/relay.js';
import type { StreamCodec } from '../reply/stream-codec.js';
import type { StreamTimes } from '../reply/stream-times.js';
import { STREAM_HEADERS } from '../reply/stream-writer.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Writes an endpoint's answer as it is. Nothing is put between its bytes. Before the first of them a stream that
 * takes its time is told 200 and kept alive by pings; after the last of one that broke off stands the error.
 */
export class RelayWriter {
  private head: RelayHead | undefined;
  private opened: 'no' | 'as-stream' | 'as-body' = 'no';
  private hasBytes = false;
  /** The last bytes that were written. */
  private tail: Uint8Array = new Uint8Array();
  private statusTimer: NodeJS.Timeout | undefined;
  private pingTimer: NodeJS.Timeout | undefined;
  private stallTimer: NodeJS.Timeout | undefined;

  /** @param codec spells pings and errors; undefined for an answer that is no stream */
  constructor(
    private readonly response: ServerResponse,
    private readonly codec: Pick<StreamCodec<never>, 'ping' | 'fail'> | undefined,
    private readonly flow: Flow,
    private readonly times: StreamTimes,
  ) {
    if (codec) this.statusTimer = setTimeout(() => this.openEarly(codec.ping), times.status);
    response.on('drain', this.onDrain);
  }

  /** Whether the client was told 200. */
  get hasBegun(): boolean {
    return this.opened !== 'no';
  }

  /** Writes what comes; what can't be written ends as an error. */
  written(events: Observable<RelayEvent>): Observable<RelayEvent> {
    return events.pipe(tap((event) => this.event(event)));
  }

  end(): void {
    // The stall timer ends with this object; the last bytes have the same limit.
    this.response.setTimeout(this.times.stall, () => this.response.destroy());
    this.response.end();
  }

  /** Ends what has begun: a stream by an error of the API, anything else by a cut that nobody takes for its end. */
  fail(error: GatewayError): void {
    if (this.opened !== 'as-stream' || !this.codec) {
      this.response.destroy();
      return;
    }
    // Half an event must not be taken for one: the line that says what this is makes an error of it too.
    const apart = endsEvent(this.tail) || !this.hasBytes ? '' : '\n';
    this.response.write(apart + this.codec.fail(error));
    this.end();
  }

  /** Ends every timer; must be called on every path. */
  dispose(): void {
    clearTimeout(this.statusTimer);
    clearTimeout(this.pingTimer);
    clearTimeout(this.stallTimer);
    this.response.off('drain', this.onDrain);
  }

  private event(event: RelayEvent): void {
    if (event.type === 'bytes') {
      this.bytes(event.bytes);
      return;
    }
    this.head = event.head;
    // Whoever was told that a stream comes can't be told anything else.
    if (this.opened === 'as-stream' && !isPlainStream(event.head)) {
      throw connectionFailure('The service sent an invalid answer: it is no stream.');
    }
  }

  private bytes(bytes: Uint8Array): void {
    if (this.response.destroyed) return;
    if (!this.hasBytes) this.begin();
    this.tail = bytes.length >= 4 ? bytes.subarray(-4) : Buffer.concat([this.tail, bytes]).subarray(-4);
    if (this.response.write(bytes)) return;
    this.flow.pause('client');
    this.stallTimer ??= setTimeout(() => this.response.destroy(), this.times.stall);
  }

  private begin(): void {
    this.hasBytes = true;
    clearTimeout(this.statusTimer);
    clearTimeout(this.pingTimer);
    if (this.opened !== 'no') return;
    const { contentType, contentLength, contentEncoding } = this.head ?? { contentType: '' };
    const isStream = isStreamType(contentType);
    this.opened = isStream ? 'as-stream' : 'as-body';
    this.response.writeHead(200, {
      ...(isStream && STREAM_HEADERS),
      ...(contentType && { 'content-type': contentType }),
      ...(contentLength && !isStream && { 'content-length': contentLength }),
      ...(contentEncoding && { 'content-encoding': contentEncoding }),
    });
  }

  private openEarly(ping: string): void {
    this.opened = 'as-stream';
    this.response.writeHead(200, STREAM_HEADERS);
    this.ping(ping);
  }

  private ping(ping: string): void {
    if (!this.response.writableNeedDrain && !this.response.destroyed) this.response.write(ping);
    this.pingTimer = setTimeout(() => this.ping(ping), this.times.ping);
  }

  private readonly onDrain = (): void => {
    clearTimeout(this.stallTimer);
    this.stallTimer = undefined;
    this.flow.resume('client');
  };
}

function isPlainStream({ contentType, contentEncoding = 'identity' }: RelayHead): boolean {
  return isStreamType(contentType) && contentEncoding === 'identity';
}

function isStreamType(contentType: string): boolean {
  return /^text\/event-stream\b/i.test(contentType);
}

/** Whether a blank line is the last one. */
function endsEvent(tail: Uint8Array): boolean {
  const [a, b, c, d] = [tail.at(-4), tail.at(-3), tail.at(-2), tail.at(-1)];
  if (c === d && (d === NEWLINE || d === RETURN)) return true;
  return a === RETURN && b === NEWLINE && c === RETURN && d === NEWLINE;
}
