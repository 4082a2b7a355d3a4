import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ROOT_CONTEXT, SpanKind, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Settings } from '../config/settings.js';
import { VERSION } from '../version.js';
import { parseHeaders } from './parse-headers.js';
import { Span } from './span.js';
import type { RemoteParent } from './traceparent.js';

/** What waits for the collector; spans beyond are dropped. */
const MOST_WAITING = 2_048;
/** Written as JSON in one go: more of them would hold up requests. */
const MOST_AT_ONCE = 128;
const EXPORT_EVERY_MS = 1_000;
const LONGEST_EXPORT_MS = 5_000;
/** All that waits goes out at once at the end; an answer that drips holds its place. */
const MOST_EXPORTS = 1 + MOST_WAITING / MOST_AT_ONCE;
/** Characters. */
const LONGEST_VALUE = 256;
const MOST_EVENTS = 16;

type TracingSettings = Pick<
  Settings,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_SERVICE_NAME' | 'OTEL_TRACES_SAMPLER_ARG'
>;

/** OpenTelemetry's own parts, put together. Nothing is registered globally: nobody else's spans are ours. */
export class OpenTelemetry {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;
  private readonly agents: Agent[] = [];

  /** @param exported told after each export how it went */
  constructor(settings: TracingSettings, exported: (error: Error | undefined) => void) {
    this.provider = new TracerProvider({
      resource: defaultResource().merge(
        resourceFromAttributes({ 'service.name': settings.OTEL_SERVICE_NAME, 'service.version': VERSION }),
      ),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG) }),
      spanLimits: { attributeValueLengthLimit: LONGEST_VALUE, eventCountLimit: MOST_EVENTS },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: watched(
            exporterOf(settings, (protocol) => this.agentFor(protocol)),
            exported,
          ),
          maxQueueSize: MOST_WAITING,
          maxExportBatchSize: MOST_AT_ONCE,
          scheduledDelayMillis: EXPORT_EVERY_MS,
          exportTimeoutMillis: LONGEST_EXPORT_MS + EXPORT_EVERY_MS,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('amq-gateway', VERSION);
  }

  /** @returns undefined: this request is not among those that are traced */
  begin(name: string, attributes: Record<string, string>, parent: RemoteParent | undefined): Span | undefined {
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT;
    const span = this.tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context);
    return span.isRecording() ? new Span(this.tracer, span) : undefined;
  }

  /** Exports what waits. @throws Error where the collector does not take it */
  flush(): Promise<void> {
    return this.provider.forceFlush({ timeoutMillis: LONGEST_EXPORT_MS });
  }

  private agentFor(protocol: string): Agent {
    const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.agents.push(agent);
    return agent;
  }

  /** Cuts what is on its way. */
  close(): void {
    this.provider.shutdown().catch(() => undefined);
    for (const agent of this.agents) agent.destroy();
  }
}

function exporterOf(settings: TracingSettings, httpAgentOptions: (protocol: string) => Agent): OTLPTraceExporter {
  return new OTLPTraceExporter({
    // The endpoint is a base: its path stays (OTLP exporter specification).
    url: `${String(settings.OTEL_EXPORTER_OTLP_ENDPOINT).replace(/\/+$/, '')}/v1/traces`,
    headers: parseHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    timeoutMillis: LONGEST_EXPORT_MS,
    httpAgentOptions,
    concurrencyLimit: MOST_EXPORTS,
  });
}

function watched(exporter: SpanExporter, exported: (error: Error | undefined) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        exported(result.code === 0 ? undefined : (result.error ?? new Error('no reason given')));
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

function contextOf({ traceId, spanId, isSampled }: RemoteParent) {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
