import { catchError, defer, type Observable, tap, throwError } from 'rxjs';
import { toGatewayError } from '../../core/errors.js';
import type { MessagesEvent, MessagesRequest } from '../../core/messages/vocabulary.js';
import { truncateTurns } from '../../core/protocols/openai-responses/truncate-turns.js';

/** How often a conversation is made shorter: by then a 64th of it is left. */
const MOST_TRIES = 6;
/** What stays of it each time: upstream does not say by how much it is too long. */
const SHARE = 0.5;

/**
 * Asks, and where the conversation does not fit the model's window asks again without its oldest turns
 * (openai.md §6, `truncation: auto`). The error is the last one told once nothing more can go.
 */
export function askShortened(
  request: MessagesRequest,
  ask: (request: MessagesRequest) => Observable<MessagesEvent>,
  tries = MOST_TRIES,
): Observable<MessagesEvent> {
  return defer(() => {
    let began = false;
    return ask(request).pipe(
      tap(() => {
        began = true;
      }),
      catchError((thrown) => {
        const isTooLong = !began && toGatewayError(thrown).kind === 'context_length';
        const shorter = isTooLong && tries > 0 ? truncateTurns(request, SHARE) : undefined;
        return shorter ? askShortened(shorter, ask, tries - 1) : throwError(() => thrown);
      }),
    );
  });
}
