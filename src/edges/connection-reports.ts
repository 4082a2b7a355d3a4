import type { Logger } from 'pino';
import { LineBudget } from '../platform/logging/line-budget.js';
import type { Refusal } from './refuse-connection.js';

const A_MINUTE_MS = 60_000;

/** The log lines of connections on which there was no request. */
export class ConnectionReports {
  private readonly failures = new LineBudget();
  private droppedSince = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly logger: Logger) {}

  refused({ code, ...facts }: Refusal): void {
    this.logger.info({ ...facts, outcome: 'error', reason: code }, 'request');
  }

  /** The first at once, then how many there were, once a minute. */
  dropped(): void {
    this.droppedSince += 1;
    if (this.timer) return;
    this.tell();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.droppedSince > 0) this.tell();
    }, A_MINUTE_MS).unref();
  }

  failed(error: Error): void {
    const line = this.failures.take();
    if (line) this.logger.error({ ...line, err: error }, 'A connection could not be taken');
  }

  private tell(): void {
    this.logger.warn({ closed: this.droppedSince }, 'More connections than MAX_CONNECTIONS: further ones are closed');
    this.droppedSince = 0;
  }
}
