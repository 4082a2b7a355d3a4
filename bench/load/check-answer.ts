import type { Scenario } from '../scenarios/scenario.js';

/** Checks a whole body; throws with what is wrong. */
export type AnswerCheck = (body: Buffer) => void;

interface SentEvent {
  type: string;
  delta?: { text?: string; stop_reason?: string };
}

/** What comes out of the gateway: every event of the stream in its place, or the whole message. */
export function checkMessages({ request, texts }: Scenario): AnswerCheck {
  return request.stream ? (body) => checkStream(String(body), texts) : (body) => checkMessage(String(body), texts);
}

/** What the service sends must arrive to the byte. */
export function checkBytes({ answerBytes }: Scenario): AnswerCheck {
  return (body) => {
    if (!body.equals(answerBytes)) {
      throw new Error(`${body.length} bytes that are not the ${answerBytes.length} bytes of the answer`);
    }
  };
}

function checkStream(body: string, texts: readonly string[]): void {
  if (!body.endsWith('\n\n')) {
    throw new Error('the stream ends inside an event');
  }
  const events = body.split('\n\n').slice(0, -1).map(parseEvent);
  const deltas = events.filter(({ type }) => type === 'content_block_delta');
  if (events[0]?.type !== 'message_start' || events.at(-1)?.type !== 'message_stop') {
    throw new Error('the stream does not go from message_start to message_stop');
  }
  if (deltas.length !== texts.length) {
    throw new Error(`${deltas.length} deltas instead of ${texts.length}`);
  }
  if (deltas.some((event, index) => event.delta?.text !== texts[index])) {
    throw new Error('the text is not the one that was sent');
  }
}

function checkMessage(body: string, texts: readonly string[]): void {
  const message = JSON.parse(body) as { content?: { text?: string }[]; stop_reason?: string };
  if (message.content?.[0]?.text !== texts.join('') || message.stop_reason !== 'end_turn') {
    throw new Error('the message is not the one that was sent');
  }
}

function parseEvent(text: string): SentEvent {
  const [name, data, ...more] = text.split('\n');
  if (!name?.startsWith('event: ') || !data?.startsWith('data: ') || more.length > 0) {
    throw new Error('an event that is not two lines');
  }
  const event = JSON.parse(data.slice('data: '.length)) as SentEvent;
  if (event.type !== name.slice('event: '.length)) {
    throw new Error('an event with two names');
  }
  return event;
}
