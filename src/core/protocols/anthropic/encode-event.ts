import type { MessagesEvent } from '../../messages/vocabulary.js';
import { formatEvent } from '../sse/format-event.js';

/** A Messages event as the client reads it; what is only for the inside becomes nothing. */
export function encodeEvent(event: MessagesEvent): string {
  return event.type === 'upstream_report' ? '' : formatEvent(event.type, JSON.stringify(event));
}

export const PING = formatEvent('ping', '{"type":"ping"}');
