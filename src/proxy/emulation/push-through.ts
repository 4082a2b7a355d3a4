import { Observable, type OperatorFunction } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';

/** Emits what follows from an event. Returns whether more is wanted. */
export type Push<E = MessagesEvent> = (event: MessagesEvent, emit: (event: E) => void) => boolean;

/**
 * Sends events through a push object. Once it wants no more the answer is complete, and its source unsubscribed: that
 * aborts upstream. What it throws ends the answer as its error.
 * @param begin makes the push object of one subscription
 */
export function pushThrough<E = MessagesEvent>(begin: () => Push<E>): OperatorFunction<MessagesEvent, E> {
  return (events) =>
    new Observable((subscriber) => {
      const push = begin();
      const emit = (event: E) => subscriber.next(event);
      return events.subscribe({
        next: (event) => {
          // A source that emits while it is subscribed to can't be unsubscribed yet.
          if (subscriber.closed) return;
          try {
            if (!push(event, emit)) subscriber.complete();
          } catch (thrown) {
            subscriber.error(thrown);
          }
        },
        error: (thrown) => subscriber.error(thrown),
        complete: () => subscriber.complete(),
      });
    });
}
