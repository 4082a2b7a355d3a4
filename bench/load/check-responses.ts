import type { AnswerCheck } from './answer-check.js';
import { checkTexts, readStream } from './read-stream.js';

interface ResponsesEvent {
  type: string;
  delta?: string;
  response?: { output: { content: { text: string }[] }[] };
}

/** A stream of Responses: begun, each text in an event of its own, completed with the whole. */
export function checkResponsesStream(texts: readonly string[]): AnswerCheck {
  return (body) => {
    const events = readStream(String(body)).map(({ data }) => JSON.parse(data) as ResponsesEvent);
    const last = events.at(-1);
    if (events[0]?.type !== 'response.created' || last?.type !== 'response.completed') {
      throw new Error('the stream does not go from response.created to response.completed');
    }
    const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
    checkTexts(
      deltas.map(({ delta }) => delta),
      texts,
    );
    checkTexts([last.response?.output[0]?.content[0]?.text], [texts.join('')]);
  };
}
