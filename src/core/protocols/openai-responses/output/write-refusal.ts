import type { Responses } from 'openai/resources/responses/responses';
import type { ResponseStreamEvent } from '../response-stream-event.js';
import { messageOf } from './message-item.js';
import type { OutputList } from './output-list.js';

/**
 * A message that holds a refusal: what Codex takes better than an `incomplete` answer, which it asks for six times over
 * (openai.md §8). A message of its own, so that a client which knows no refusals keeps the text before it.
 */
export function writeRefusal(refusal: string, output: OutputList, events: ResponseStreamEvent[]): void {
  const place = output.add('msg', (id) => messageOf(id, 'in_progress', []), events);
  const at = { ...place, content_index: 0 };
  const part: Responses.ResponseOutputRefusal = { type: 'refusal', refusal };
  events.push(
    { type: 'response.content_part.added', ...at, part: { type: 'refusal', refusal: '' } },
    { type: 'response.refusal.delta', ...at, delta: refusal },
    { type: 'response.refusal.done', ...at, refusal },
    { type: 'response.content_part.done', ...at, part },
  );
  output.done(place, messageOf(place.item_id, 'completed', [part]), events);
}
