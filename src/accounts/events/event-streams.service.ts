import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { AccountEvents } from './account-events.service.js';
import { EventStream } from './event-stream.js';

export const MOST_STREAMS = 100;
const RETRY_AFTER_S = 60;
/** Then a listener connects again, and shows its key again. */
const LONGEST_MS = 3_600_000;

/** Everybody who listens to changes of accounts. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private isClosing = false;

  constructor(
    private readonly events: AccountEvents,
    private readonly configuration: Configuration,
  ) {}

  /** How many listen. */
  get size(): number {
    return this.streams.size;
  }

  /**
   * Writes changes to this response until its client goes, the service stops, or an hour is over.
   * @throws GatewayError `rate_limit` when too many listen already, `unavailable` when the service stops
   */
  open(response: ServerResponse): void {
    if (this.isClosing) throw new GatewayError('unavailable', 'The gateway is shutting down.');
    if (this.streams.size >= MOST_STREAMS) {
      throw new GatewayError('rate_limit', `${MOST_STREAMS} clients listen to events already`, {
        retryAfter: RETRY_AFTER_S,
      });
    }
    // Its client went while its key was looked up: it will not be told so again.
    if (response.destroyed) return;
    const stream = new EventStream(response, this.configuration.settings.STREAM_PING_INTERVAL * 1000);
    const unlisten = this.events.listen((event) => stream.send(event));
    const timer = setTimeout(() => stream.end(), LONGEST_MS).unref();
    this.streams.add(stream);
    response.once('close', () => {
      clearTimeout(timer);
      unlisten();
      this.streams.delete(stream);
    });
  }

  /** Before answers are waited for: these never end by themselves. */
  onModuleDestroy(): void {
    this.isClosing = true;
    for (const stream of this.streams) stream.end();
  }
}
