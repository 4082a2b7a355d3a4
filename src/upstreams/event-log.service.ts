import { Injectable, Logger } from '@nestjs/common';
import { isForDebugging } from '../platform/logging/log-levels.js';
import { currentRequestId } from '../platform/logging/request-context.js';
import { LiveSettings } from '../settings/live-settings.service.js';

/** What looks like the name of an event; anything else might be content. */
const NAME = /^[\w-]{1,50}$/;

/** Told of each event of one answer: what upstream calls it, and the bytes of what it carries. */
export type NoteEvent = (event: unknown, bytes: number) => void;

/** One line at debug for each event that comes from upstream: what it was and how large, never what it carried. */
@Injectable()
export class EventLog {
  private readonly logger = new Logger('Upstream');

  constructor(private readonly settings: LiveSettings) {}

  /** For one answer, to the request being served. @returns undefined at other levels, so that nothing is spent on it */
  open(): NoteEvent | undefined {
    if (!isForDebugging(this.settings.current.logLevel)) return undefined;
    // Events come in the context of upstream's socket.
    const requestId = currentRequestId();
    return (event, bytes) => {
      const name = typeof event === 'string' && NAME.test(event) ? event : 'other';
      this.logger.debug({ msg: 'Upstream event', event: name, bytes, requestId });
    };
  }
}
