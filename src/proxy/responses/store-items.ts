import { AsyncLocalStorage } from 'node:async_hooks';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Flow } from '../../core/messages/flow.js';
import type {
  LifecycleEvent,
  OutputItemEvent,
  ResponseStreamEvent,
} from '../../core/protocols/openai-responses/response-stream-event.js';
import type { ResponseRecorder } from './response-recorder.js';

/** What came from the source, in its order. */
type Arrival = { event: ResponseStreamEvent } | { error: unknown } | 'end';

/**
 * Keeps an answer while it passes: an item before its `output_item.done` is handed on, for the next request may name
 * it within milliseconds (openai.md §10), and the response before its last event, which says `store: false` when it
 * could not be kept. Upstream is held back meanwhile, so that no more waits here than one read of it brought.
 * @param recorder undefined: nothing is kept, and every event is handed on at once
 */
export function storeItems(
  recorder: ResponseRecorder | undefined,
  flow: Flow,
): MonoTypeOperatorFunction<ResponseStreamEvent> {
  if (!recorder) return (events) => events;
  return (events) =>
    new Observable((subscriber) => {
      // The database calls back in the context of whoever's event it was: that of upstream's socket.
      const inContext = AsyncLocalStorage.snapshot();
      let waiting: Arrival[] = [];
      let isWriting = false;

      const handOn = (arrival: Arrival): void => {
        if (arrival === 'end') subscriber.complete();
        else if ('error' in arrival) subscriber.error(arrival.error);
        else if (isWritten(arrival.event)) hold(write(recorder, arrival.event));
        else subscriber.next(arrival.event);
      };

      const hold = (written: Promise<ResponseStreamEvent>): void => {
        isWriting = true;
        flow.pause('store');
        void written.then((event) => {
          isWriting = false;
          if (subscriber.closed) return;
          inContext(() => {
            subscriber.next(event);
            catchUp();
          });
        });
      };

      const catchUp = (): void => {
        let next = 0;
        while (next < waiting.length && !isWriting && !subscriber.closed) {
          const arrival = waiting[next++];
          if (arrival) handOn(arrival);
        }
        waiting = waiting.slice(next);
        if (!isWriting) flow.resume('store');
      };

      const take = (arrival: Arrival): void => {
        if (isWriting) waiting.push(arrival);
        else handOn(arrival);
      };

      return events.subscribe({
        next: (event) => take({ event }),
        error: (error: unknown) => take({ error }),
        complete: () => take('end'),
      });
    });
}

/** Those that tell of something finished; a failure is told by who writes the stream, and not kept. */
const WRITTEN: ReadonlySet<ResponseStreamEvent['type']> = new Set([
  'response.output_item.done',
  'response.completed',
  'response.incomplete',
]);

function isWritten(event: ResponseStreamEvent): event is LifecycleEvent | OutputItemEvent {
  return WRITTEN.has(event.type);
}

/** The event as it goes on once what it tells of is written. */
async function write(
  recorder: ResponseRecorder,
  event: LifecycleEvent | OutputItemEvent,
): Promise<ResponseStreamEvent> {
  if ('item' in event) {
    await recorder.item(event.kept ?? event.item);
    return event;
  }
  const isKept = await recorder.response(event.response);
  return isKept ? event : { ...event, response: { ...event.response, store: false } };
}
