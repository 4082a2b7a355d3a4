import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { noteFacts } from '../../platform/logging/request-context.js';
import { whileClosing } from '../../platform/while-closing.js';
import { RepeatedEvents, type Repetition } from './repeated-events.js';
import { type AuthFailure, type SecurityEvent, toAuditEvent } from './security-event.js';

const WRITE_EVERY_MS = 60_000;
/** Rows of one statement. */
const ROWS_AT_ONCE = 200;
/** Statements under way; what comes meanwhile waits for the next round. */
const MAX_WRITES = 100;

/**
 * Writes who was not let in to the audit log: the first time at once, then once a minute how often. Nobody waits for it,
 * and an audit log that fails changes no answer: what was not written counts again.
 */
@Injectable()
export class SecurityEvents implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SecurityEvents.name);
  private readonly repeated = new RepeatedEvents();
  private readonly writes = new Set<Promise<void>>();
  private timer?: NodeJS.Timeout;
  private count: (reason: AuthFailure) => void = () => {};
  /** Of what could not be written, since the last round. */
  private hasWarned = false;

  constructor(private readonly audit: AuditLog) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      // A database that hangs gets no more to do.
      if (this.writes.size < MAX_WRITES) this.writeRepeated();
    }, WRITE_EVERY_MS).unref();
  }

  /** Before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.writeRepeated();
    await whileClosing(Promise.all(this.writes));
  }

  /** @param count is told of every request that was not let in */
  countWith(count: (reason: AuthFailure) => void): void {
    this.count = count;
  }

  /** Somebody was not let in. */
  refused(event: SecurityEvent): void {
    this.turnedAway(event.reason);
    noteFacts({ apiKey: event.keyId });
    this.record(event);
  }

  /** The same without a row: one that brought no key, or came during a block. */
  turnedAway(reason: AuthFailure): void {
    this.count(reason);
    noteFacts({ authFailure: reason });
  }

  addressBlocked(address: string, seconds: number): void {
    this.record({ reason: 'blocked', address, seconds });
  }

  private record(event: SecurityEvent): void {
    if (!this.repeated.isFirst(event)) return;
    const row = { event, times: 1 };
    if (this.writes.size < MAX_WRITES) this.write([row], toAuditEvent(event));
    else this.repeated.putBack(row);
  }

  private writeRepeated(): void {
    this.hasWarned = false;
    const repeated = this.repeated.take();
    for (let from = 0; from < repeated.length; from += ROWS_AT_ONCE) {
      const rows = repeated.slice(from, from + ROWS_AT_ONCE);
      this.write(rows, ...rows.map(({ event, times }) => toAuditEvent(event, times)));
    }
  }

  private write(rows: readonly Repetition[], ...events: AuditEvent[]): void {
    const write = this.audit
      .recordFirst(...events)
      .catch((error: Error) => {
        if (!this.hasWarned) this.logger.warn(`Security events were not written yet: ${error.message}`);
        this.hasWarned = true;
        for (const row of rows) this.repeated.putBack(row);
      })
      .finally(() => this.writes.delete(write));
    this.writes.add(write);
  }
}
