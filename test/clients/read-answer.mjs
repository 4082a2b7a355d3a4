/** @typedef {import('./listen-in.mjs').Exchange} Exchange */

/** The events of a streamed answer, as far as it came. @param {Exchange} exchange @returns {any[]} */
export function eventsOf({ answer }) {
  return [...answer.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
}

/** @param {Exchange} exchange */
export function isStream({ answerHeaders }) {
  return String(answerHeaders['content-type']).startsWith('text/event-stream');
}

/** The error body of a refused request. @param {Exchange | undefined} exchange */
export function errorOf(exchange) {
  try {
    return JSON.parse(exchange?.answer).error ?? {};
  } catch {
    return {};
  }
}
