import type { GatewayError } from '../../errors.js';
import { formatEvent } from '../sse/format-event.js';
import type { ResponseObject } from './response-object.js';
import type { ResponseStreamEvent } from './response-stream-event.js';

const KEEPALIVE = formatEvent('keepalive', '{"type":"keepalive"}');

/** The answer, for what is sent without an event of its source. */
export interface AnswerEnds {
  /** Its first events, unless they were taken already. */
  begin(): readonly ResponseStreamEvent[];
  /** Its last ones, for an answer that breaks. */
  fail(error: GatewayError): readonly ResponseStreamEvent[];
}

/**
 * The Responses events of one answer as `POST /v1/responses` streams them (openai.md §7). Numbers what it writes, so
 * that a client never sees a gap.
 */
export class ResponsesStreamCodec {
  private number = 0;
  /** The text that is written now, up to its deltas. */
  private textId: string | undefined;
  private textHead = '';
  /** A response that begins is sent twice, with all the tools that it repeats; spelt once, and not kept longer. */
  private response: ResponseObject | undefined;
  private responseJson = '';

  constructor(private readonly answer: AnswerEnds) {}

  /**
   * An event and no comment: only that resets the idle timer of Codex (openai.md §1.7). The helper of the Node SDK
   * throws on one before `response.created`: an answer that keeps a client waiting is begun instead.
   */
  get ping(): string {
    return this.all(this.answer.begin()) || KEEPALIVE;
  }

  push(event: ResponseStreamEvent): string {
    // Nearly every event is one of these: only what changes is spelt anew.
    if (event.type === 'response.output_text.delta') {
      if (event.item_id !== this.textId) this.beginText(event);
      return `${this.textHead}${JSON.stringify(event.delta)},"logprobs":[],"sequence_number":${this.number++}}\n\n`;
    }
    if ('response' in event) {
      const { type, response } = event;
      return formatEvent(
        type,
        `{"type":"${type}","sequence_number":${this.number++},"response":${this.jsonOf(response)}}`,
      );
    }
    if ('item' in event) {
      const { type, output_index, item } = event;
      return formatEvent(type, JSON.stringify({ type, sequence_number: this.number++, output_index, item }));
    }
    const { type, ...fields } = event;
    return formatEvent(type, JSON.stringify({ type, sequence_number: this.number++, ...fields }));
  }

  fail(error: GatewayError): string {
    return this.all(this.answer.fail(error));
  }

  private all(events: readonly ResponseStreamEvent[]): string {
    return events.map((event) => this.push(event)).join('');
  }

  private beginText(event: Extract<ResponseStreamEvent, { type: 'response.output_text.delta' }>): void {
    const { type, item_id, output_index, content_index } = event;
    const fields = JSON.stringify({ type, item_id, output_index, content_index });
    this.textId = item_id;
    this.textHead = `event: ${type}\ndata: ${fields.slice(0, -1)},"delta":`;
  }

  private jsonOf(response: ResponseObject): string {
    if (response === this.response) {
      const json = this.responseJson;
      this.response = undefined;
      this.responseJson = '';
      return json;
    }
    this.response = response;
    this.responseJson = JSON.stringify(response);
    return this.responseJson;
  }
}
