import type { AnswerCheck } from './answer-check.js';
import { checkTexts, readStream, type SentEvent } from './read-stream.js';

interface MessagesEvent {
  type: string;
  delta?: { text?: string };
}

/** A stream of Messages: every event in its place, each text in an event of its own. */
export function checkMessagesStream(texts: readonly string[]): AnswerCheck {
  return (body) => {
    const events = readStream(String(body)).map(parseEvent);
    if (events[0]?.type !== 'message_start' || events.at(-1)?.type !== 'message_stop') {
      throw new Error('the stream does not go from message_start to message_stop');
    }
    const deltas = events.filter(({ type }) => type === 'content_block_delta');
    checkTexts(
      deltas.map(({ delta }) => delta?.text),
      texts,
    );
  };
}

/** One message, whole. */
export function checkMessage(texts: readonly string[]): AnswerCheck {
  return (body) => {
    const message = JSON.parse(String(body)) as { content?: { text?: string }[]; stop_reason?: string };
    if (message.content?.[0]?.text !== texts.join('') || message.stop_reason !== 'end_turn') {
      throw new Error('the message is not the one that was sent');
    }
  };
}

function parseEvent({ name, data }: SentEvent): MessagesEvent {
  const event = JSON.parse(data) as MessagesEvent;
  if (event.type !== name) {
    throw new Error('an event with two names');
  }
  return event;
}
