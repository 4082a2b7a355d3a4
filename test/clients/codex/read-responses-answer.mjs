import { eventsOf } from '../read-answer.mjs';

/** @typedef {import('../listen-in.mjs').Exchange} Exchange */

/** The output items a streamed answer completed. @param {Exchange | undefined} exchange @returns {any[]} */
export function itemsOf(exchange) {
  const events = eventsOf(exchange ?? { answer: '' });
  return events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
}

/** The response as its last event tells it. @param {Exchange | undefined} exchange */
export function responseOf(exchange) {
  return eventsOf(exchange ?? { answer: '' }).at(-1)?.response ?? {};
}

const ENDS = ['completed', 'incomplete', 'failed'];

/**
 * How an answer ended for Codex: the status of the response, `cut` for a stream without its last event, the HTTP
 * status when it was not 200. Codex hangs up after the last event: that it took the answer whole does not show.
 * @param {Exchange} exchange
 */
export function endOf(exchange) {
  if (exchange.status !== 200) return String(exchange.status);
  const status = responseOf(exchange).status;
  return ENDS.includes(status) ? status : 'cut';
}
