import { Observable, type OperatorFunction } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import type { ResponseEvents } from '../../core/protocols/openai-responses/response-events.js';
import type { ResponseStreamEvent } from '../../core/protocols/openai-responses/response-stream-event.js';

/** Spells an answer as a Responses stream. What the speller throws ends the answer as its error, upstream left. */
export function spellResponse(answer: ResponseEvents): OperatorFunction<MessagesEvent, ResponseStreamEvent> {
  return (events) =>
    new Observable((subscriber) =>
      events.subscribe({
        next: (event) => {
          try {
            for (const each of answer.push(event)) subscriber.next(each);
          } catch (thrown) {
            subscriber.error(thrown);
          }
        },
        error: (thrown) => subscriber.error(thrown),
        complete: () => subscriber.complete(),
      }),
    );
}
