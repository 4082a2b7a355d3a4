import type { Exposition } from '../families/exposition.js';
import { ValueFamily } from '../families/value-family.js';

const WEBHOOK_OUTCOMES = ['delivered', 'retried', 'given_up', 'dropped'] as const;
/**
 * What came of an event for a webhook: it arrived, an attempt failed and another one follows, no other follows, or too
 * many waited already.
 */
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];

/** What is told of events on their way to webhooks. */
export class WebhookInstruments {
  private readonly deliveries: ValueFamily<'outcome'>;
  private readonly waiting: { value: number };

  constructor(exposition: Exposition) {
    this.deliveries = exposition.add(
      new ValueFamily('counter', {
        name: 'amq_gateway_webhook_deliveries_total',
        help: 'What came of events for webhooks, by outcome',
        labelNames: ['outcome'],
      }),
    );
    for (const outcome of WEBHOOK_OUTCOMES) this.deliveries.of({ outcome });
    this.waiting = exposition
      .add(
        new ValueFamily('gauge', {
          name: 'amq_gateway_webhook_deliveries_waiting',
          help: 'Events for webhooks that are not delivered yet, of all replicas',
          labelNames: [],
        }),
      )
      .of({});
  }

  ended(outcome: WebhookOutcome, count: number): void {
    this.deliveries.of({ outcome }).value += count;
  }

  waits(count: number): void {
    this.waiting.value = count;
  }
}
