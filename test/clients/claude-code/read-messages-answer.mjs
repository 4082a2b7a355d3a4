import { eventsOf, isStream } from '../read-answer.mjs';

/** @typedef {import('../listen-in.mjs').Exchange} Exchange */

/** The text blocks of a streamed answer, each with its deltas put together. @param {Exchange} exchange */
export function textsOf(exchange) {
  const texts = [];
  for (const { type, index, content_block: block, delta } of eventsOf(exchange)) {
    if (type === 'content_block_start' && block.type === 'text') texts[index] = block.text;
    if (delta?.type === 'text_delta') texts[index] += delta.text;
  }
  return texts.filter((text) => text !== undefined);
}

/**
 * How an answer ended for Claude Code: its stop reason, `error` for an error event in the stream, `cut` for a stream
 * without either, the status when it was not 200.
 * @param {Exchange} exchange
 */
export function endOf(exchange) {
  if (exchange.status !== 200) return String(exchange.status);
  if (!isStream(exchange)) return JSON.parse(exchange.answer).stop_reason;
  const events = eventsOf(exchange);
  if (events.at(-1)?.type === 'error') return 'error';
  const stopReason = events.find(({ type }) => type === 'message_delta')?.delta.stop_reason;
  return exchange.whole && events.at(-1)?.type === 'message_stop' ? stopReason : 'cut';
}
