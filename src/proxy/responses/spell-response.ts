import type { OperatorFunction } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import type { ResponseEvents } from '../../core/protocols/openai-responses/response-events.js';
import type { ResponseStreamEvent } from '../../core/protocols/openai-responses/response-stream-event.js';
import { pushThrough } from '../emulation/push-through.js';

/** Spells an answer as a Responses stream. What the speller throws ends the answer as its error, upstream left. */
export function spellResponse(answer: ResponseEvents): OperatorFunction<MessagesEvent, ResponseStreamEvent> {
  return pushThrough<ResponseStreamEvent>(() => (event, emit) => {
    for (const each of answer.push(event)) emit(each);
    return true;
  });
}
