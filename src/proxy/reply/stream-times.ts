import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';

/** The times of a stream, in milliseconds. A class of its own, so that a test need not wait for them. */
@Injectable()
export class StreamTimes {
  /** Silence after which a ping goes out, once the stream has begun. */
  ping: number;
  /** Clients give up on silence: after this long the status goes out without waiting for the first event. */
  status = 10_000;
  /** Time without taking a byte after which the client is dropped. */
  stall: number;

  constructor({ settings }: Configuration) {
    this.ping = settings.STREAM_PING_INTERVAL * 1000;
    this.stall = settings.UPSTREAM_IDLE_TIMEOUT * 1000;
  }
}
