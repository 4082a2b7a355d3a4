import { Observable, type OperatorFunction } from 'rxjs';
import type { GatewayError } from '../../core/errors.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { type AnswerReader, answerReader } from '../../core/protocols/anthropic-upstream/answer-reader.js';
import type { RelayEvent, RelayHead } from '../../core/protocols/anthropic-upstream/relay.js';
import { estimated, type Measurement, measure } from '../meter.js';

/** Told what is learnt of an answer while it passes. */
export interface Listener {
  /** Tokens of the model that answers for one of our own count. */
  tokenScale(): number;
  head(head: RelayHead): void;
  /** The first bytes came. */
  began(): void;
  learnt(measurement: Measurement): void;
  /** The answer is over. @param failure what it told its client in place of an end */
  ended(failure: GatewayError | undefined): void;
}

/**
 * Reads along with an answer and lets every byte of it through. One that has none, or breaks off without saying so,
 * ends as an error.
 * @param elapsed milliseconds since the request began
 */
export function readAlong(elapsed: () => number, listener: Listener): OperatorFunction<RelayEvent, RelayEvent> {
  return (events) =>
    new Observable((subscriber) => {
      let reader: AnswerReader | undefined;
      let hasBegun = false;
      let hasToken = false;
      let isMeasured = true;
      const reading = events.subscribe({
        next: (event) => {
          if (event.type === 'head') {
            reader = answerReader(event.head);
            listener.head(event.head);
          } else {
            if (!hasBegun) {
              hasBegun = true;
              listener.began();
              listener.learnt({ firstEventMs: elapsed() });
            }
            for (const read of reader?.push(event.bytes) ?? []) listen(read);
            if (!hasToken && reader?.hasToken) {
              hasToken = true;
              listener.learnt({ firstTokenMs: elapsed() });
            }
          }
          subscriber.next(event);
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          for (const read of reader?.end() ?? []) listen(read);
          if (!hasBegun) subscriber.error(connectionFailure('The service sent an empty answer.'));
          else if (reader && !reader.isWhole) {
            subscriber.error(connectionFailure('The connection to the service broke off.'));
          } else {
            listener.ended(reader?.failure);
            subscriber.complete();
          }
        },
      });
      return () => {
        reading.unsubscribe();
        const output = isMeasured ? undefined : reader?.outputTokens();
        if (output !== undefined) listener.learnt(estimated(output * listener.tokenScale()));
      };

      function listen(read: Parameters<typeof measure>[0]): void {
        const measurement = measure(read, elapsed);
        isMeasured = measurement?.outputTokens !== undefined;
        if (measurement) listener.learnt(measurement);
      }
    });
}
