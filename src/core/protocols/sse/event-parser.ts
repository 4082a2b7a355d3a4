export interface ServerSentEvent {
  /** `message` when the stream named none. */
  name: string;
  data: string;
}

/** Characters one event may have before its blank line; a stream that never sends one must not fill the memory. */
export const LONGEST_EVENT = 16 * 1024 * 1024;

/**
 * Parses `text/event-stream` pushed in any pieces: LF, CRLF and CR line ends, comments, several data lines, split
 * UTF-8. `id` and `retry` say nothing to us and are skipped.
 */
export class EventParser {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private name = '';
  private data: string[] = [];
  private size = 0;
  private skipLineFeed = false;

  /** @throws RangeError when an event is longer than `limit` characters */
  constructor(private readonly limit = LONGEST_EVENT) {}

  push(chunk: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = this.decoder.decode(chunk, { stream: true });
    if (this.skipLineFeed && text !== '') {
      // The CR of a CRLF ended the chunk before.
      if (text.startsWith('\n')) text = text.slice(1);
      this.skipLineFeed = false;
    }
    // Only the new text is searched: a long line that arrives in many pieces is not scanned again and again.
    let start = 0;
    for (let at = nextLineEnd(text, 0); at !== -1; at = nextLineEnd(text, start)) {
      this.line(this.rest + text.slice(start, at), events);
      this.rest = '';
      start = at + 1;
      if (text[at] === '\r') {
        if (text[start] === '\n') start++;
        else if (start === text.length) this.skipLineFeed = true;
      }
    }
    this.rest += text.slice(start);
    if (this.rest.length + this.size > this.limit)
      throw new RangeError(`an event is longer than ${this.limit} characters`);
    return events;
  }

  private line(line: string, events: ServerSentEvent[]): void {
    if (line === '') {
      if (this.data.length > 0) events.push({ name: this.name || 'message', data: this.data.join('\n') });
      this.name = '';
      this.data = [];
      this.size = 0;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.name = value;
    if (field !== 'data') return;
    this.data.push(value);
    this.size += value.length;
    if (this.size > this.limit) throw new RangeError(`an event is longer than ${this.limit} characters`);
  }
}

function nextLineEnd(text: string, from: number): number {
  const lineFeed = text.indexOf('\n', from);
  const carriageReturn = text.indexOf('\r', from);
  if (lineFeed === -1 || carriageReturn === -1) return Math.max(lineFeed, carriageReturn);
  return Math.min(lineFeed, carriageReturn);
}
