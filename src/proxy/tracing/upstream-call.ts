import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Lease } from '../../accounts/pool/lease.js';
import type { Span } from '../../platform/telemetry/span.js';
import type { Measurement } from '../meter.js';
import { endingSpan } from './ending-span.js';

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The span of one call of a model, in the words of OpenTelemetry's GenAI conventions (semantic-conventions-genai,
 * gen-ai-spans.md: inference). They name no Amazon Q; the name is of the form they use for others of AWS.
 */
export class UpstreamCall {
  readonly span: Span;
  private readonly startedAt = performance.now();
  private readonly measured: Measurement = {};

  constructor(
    attempt: Span,
    private readonly lease: Lease,
    { operation, isStream }: { operation: 'chat' | 'count_tokens'; isStream: boolean },
  ) {
    const { id } = lease.model;
    const { hostname, port, protocol } = new URL(lease.url);
    const attributes = {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': lease.isEndpoint ? 'anthropic' : 'aws.q',
      'gen_ai.request.model': id,
      ...(isStream && { 'gen_ai.request.stream': true }),
      'server.address': hostname,
      'server.port': port === '' ? PORTS[protocol] : Number(port),
      'amq_gateway.account.id': lease.accountId,
    };
    this.span = attempt.child(`${operation} ${id}`, attributes, 'client');
  }

  /** Figures as they come, the last ones hold; times in them are the request's, not the call's. */
  learnt(measurement: Measurement): void {
    const { firstEventMs, firstTokenMs } = measurement;
    if (firstEventMs !== undefined)
      this.span.set({ 'gen_ai.response.time_to_first_chunk': (performance.now() - this.startedAt) / 1000 });
    if (firstTokenMs !== undefined) this.span.event('first_token');
    Object.assign(this.measured, measurement);
  }

  /** Ends the span with the answer. */
  ending<E>(): MonoTypeOperatorFunction<E> {
    return endingSpan(this.span, () => this.conclude());
  }

  private conclude(): void {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = this.measured;
    const { stopReason, firstEventMs, credits } = this.measured;
    // Cached tokens are part of the input there (gen-ai-spans.md, note 16), in the Messages API they are not.
    const input =
      inputTokens === undefined ? undefined : inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
    this.span.set({
      'gen_ai.response.model': firstEventMs === undefined ? undefined : this.lease.model.id,
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': outputTokens,
      'gen_ai.usage.cache_read.input_tokens': cacheReadTokens,
      'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens,
      'gen_ai.usage.reasoning.output_tokens': reasoningTokens,
      'gen_ai.response.finish_reasons': stopReason === undefined ? undefined : [stopReason],
      'amq_gateway.credits': credits,
    });
  }
}
