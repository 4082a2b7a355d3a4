/** One server-sent event of an answer. */
export interface SentEvent {
  /** Of its `event:` line; undefined where it has none. */
  name: string | undefined;
  data: string;
}

/** The events of a stream, every one whole. @throws Error for anything else in it */
export function readStream(body: string): SentEvent[] {
  if (!body.endsWith('\n\n')) {
    throw new Error('the stream ends inside an event');
  }
  return body.split('\n\n').slice(0, -1).map(readEvent);
}

function readEvent(text: string): SentEvent {
  const lines = text.split('\n');
  const name = lines.length > 1 ? lines.shift() : undefined;
  const [data, ...more] = lines;
  if ((name !== undefined && !name.startsWith('event: ')) || !data?.startsWith('data: ') || more.length > 0) {
    throw new Error('an event that is not its name and its data');
  }
  return { name: name?.slice('event: '.length), data: data.slice('data: '.length) };
}

/** @throws Error when the texts that came are not those that were sent, one by one */
export function checkTexts(came: readonly (string | undefined)[], sent: readonly string[]): void {
  if (came.length !== sent.length) {
    throw new Error(`${came.length} deltas instead of ${sent.length}`);
  }
  if (came.some((text, index) => text !== sent[index])) {
    throw new Error('the text is not the one that was sent');
  }
}
