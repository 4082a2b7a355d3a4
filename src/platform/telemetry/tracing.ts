import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Configuration } from '../config/configuration.js';
import { whileClosing } from '../while-closing.js';
import type { OpenTelemetry } from './open-telemetry.js';
import type { Span } from './span.js';
import { parseTraceparent } from './traceparent.js';

/** Characters: the collector words it. */
const LONGEST_REASON = 200;

/** Where the spans of requests begin and go. Without a collector there are none, and OpenTelemetry is not even loaded. */
export class Tracing implements OnApplicationShutdown {
  private readonly logger = new Logger('Tracing');
  private telemetry?: OpenTelemetry;
  private isExported = true;
  private isClosed = false;

  static async open({ settings }: Configuration): Promise<Tracing> {
    const tracing = new Tracing();
    if (settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined) {
      const { OpenTelemetry } = await import('./open-telemetry.js');
      tracing.telemetry = new OpenTelemetry(settings, (error) => tracing.exported(error));
    }
    return tracing;
  }

  /**
   * The span of a client's request; it goes on with the trace that the client names.
   * @returns undefined: the request is not traced
   */
  begin(method: string, traceparent: unknown): Span | undefined {
    return this.telemetry?.begin(method, { 'http.request.method': method }, parseTraceparent(traceparent));
  }

  /** Hands over what waits now. Never rejects. */
  async flush(): Promise<void> {
    await this.telemetry?.flush().catch(() => undefined);
  }

  /** Hands over what waits, and waits for the collector two seconds at most. */
  async onApplicationShutdown(): Promise<void> {
    await whileClosing(this.flush());
    this.isClosed = true;
    this.telemetry?.close();
  }

  /** One line when it begins to fail and one when it works again, however often it does. */
  private exported(error: Error | undefined): void {
    if (this.isClosed) return;
    if (error && this.isExported)
      this.logger.warn(`The collector does not take traces, some are lost: ${reasonOf(error)}`);
    if (!error && !this.isExported) this.logger.log('The collector takes traces again');
    this.isExported = error === undefined;
  }
}

/** A collector that can't be reached at any of its addresses fails without a message. */
function reasonOf({ message, name, code }: Error & { code?: unknown }): string {
  return (message || String(code ?? name)).slice(0, LONGEST_REASON);
}
