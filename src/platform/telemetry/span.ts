import {
  type Attributes,
  type Span as RecordedSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** How a piece of work ended; `cancelled`: nobody waits for it any more. */
export type SpanOutcome = 'success' | 'error' | 'cancelled';

/**
 * A piece of a request's work, in its trace. Ids, names, numbers and classes only: never content, never a secret. There is
 * none for a request that is not traced, so that nothing is spent on it: `span?.child(…)`. Import its type only: whoever
 * traces nothing loads nothing of OpenTelemetry.
 */
export class Span {
  private hasFailed = false;

  constructor(
    private readonly tracer: Tracer,
    private readonly recorded: RecordedSpan,
  ) {}

  get traceId(): string {
    return this.recorded.spanContext().traceId;
  }

  /** A piece of this piece. @param kind `client`: it asks another service */
  child(name: string, attributes?: Attributes, kind: 'internal' | 'client' = 'internal'): Span {
    const options = { kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes };
    return new Span(this.tracer, this.tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, this.recorded)));
  }

  rename(name: string): void {
    this.recorded.updateName(name);
  }

  set(attributes: Attributes): void {
    this.recorded.setAttributes(attributes);
  }

  event(name: string, attributes?: Attributes): void {
    this.recorded.addEvent(name, attributes);
  }

  /** However it ends, this went wrong in it. @param errorType a name of a closed list */
  fail(errorType: string): void {
    this.hasFailed = true;
    this.recorded.setAttribute('error.type', errorType);
    this.recorded.setStatus({ code: SpanStatusCode.ERROR });
  }

  /** Nothing is added after it. */
  end(outcome: SpanOutcome): void {
    this.recorded.setAttribute('amq_gateway.outcome', this.hasFailed ? 'error' : outcome);
    this.recorded.end();
  }
}
