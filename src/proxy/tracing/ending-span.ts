import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type GatewayError, toGatewayError } from '../../core/errors.js';
import type { Span, SpanOutcome } from '../../platform/telemetry/span.js';

/** Ends a span with what it is the span of: completed, failed, or given up by who waited for it. */
export function endingSpan<E>(span: Span, before: () => void = () => undefined): MonoTypeOperatorFunction<E> {
  return (events) =>
    new Observable((subscriber) => {
      let isOver = false;
      const end = (outcome: SpanOutcome) => {
        if (isOver) return;
        isOver = true;
        before();
        span.end(outcome);
      };
      const running = events.subscribe({
        next: (event) => subscriber.next(event),
        error: (thrown) => {
          if (!isOver) span.fail(errorTypeOf(toGatewayError(thrown)));
          end('error');
          subscriber.error(thrown);
        },
        complete: () => {
          end('success');
          subscriber.complete();
        },
      });
      return () => {
        running.unsubscribe();
        end('cancelled');
      };
    });
}

/** What upstream said, by its class; else what kind of error it is. */
export function errorTypeOf({ failure, kind }: GatewayError): string {
  return failure?.class ?? kind;
}
