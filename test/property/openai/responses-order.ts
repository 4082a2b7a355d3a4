import { expectKeys } from './expect-keys.js';
import { OpenItem } from './responses-item-order.js';

// biome-ignore lint/suspicious/noExplicitAny: events under test, looked into at any depth
type Json = any;

export interface ResponsesStreamRead {
  /** The finished items, as `output_item.done` told them. */
  items: Json[];
  /** Of the last event. */
  response?: Json;
  /** What a stream that broke says. */
  error?: Json;
}

/** Events of a stream by its bytes. @throws where a frame is not an `event:` line, a `data:` line and an empty one */
export function parseResponsesStream(text: string): Json[] {
  if (text === '') return [];
  return text.split(/(?<=\n\n)/).map((frame) => {
    const [, name, data] = /^event: ([^\n]+)\ndata: ([^\n]+)\n\n$/.exec(frame) ?? [];
    if (name === undefined || data === undefined)
      throw new Error(`not a frame: ${JSON.stringify(frame.slice(0, 200))}`);
    const event = JSON.parse(data);
    if (event.type !== name) throw new Error(`event ${name} carries ${event.type}`);
    return event;
  });
}

/**
 * Reads the events of `POST /v1/responses`, and takes no liberty (openai.md §7): numbers without a gap, one item open at
 * a time, one id from its beginning to its end, pieces that come to the whole, one end that repeats it all.
 * @throws Error naming the first thing that is out of order
 */
export function readResponsesOrder(text: string): ResponsesStreamRead {
  const order = new ResponsesOrder();
  for (const event of parseResponsesStream(text)) order.push(event);
  return order.end();
}

const ENDS = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
]);

class ResponsesOrder {
  private number = 0;
  private readonly items: Json[] = [];
  private readonly ids = new Set<string>();
  private open: OpenItem | undefined;
  private head: string | undefined;
  private error: Json;
  private last: Json;
  /** How many events came, keepalives not counted. */
  private count = 0;

  push(event: Json): void {
    if (event.type === 'keepalive') {
      expectKeys(event, ['type'], 'a keepalive');
      if (this.count === 0) throw new Error('a keepalive before response.created');
      return;
    }
    if (this.last) throw new Error(`${event.type} after the end`);
    if (event.sequence_number !== this.number) throw new Error(`number ${event.sequence_number}, not ${this.number}`);
    this.number += 1;
    this.count += 1;
    const { type, sequence_number: _number, ...fields } = event;
    if (this.count <= 2) this.begin(type, fields);
    else if (this.error && type !== 'response.failed') throw new Error(`${type} after the error`);
    else if (ENDS.has(type)) this.finish(type, fields);
    else if (type === 'error') this.break(fields);
    else this.about(type, fields);
  }

  end(): ResponsesStreamRead {
    if (this.count > 0 && !this.last) throw new Error('no last event');
    return { items: this.items, response: this.last, ...(this.error && { error: this.error }) };
  }

  private begin(type: string, fields: Json): void {
    if (type !== (this.count === 1 ? 'response.created' : 'response.in_progress')) throw new Error(`${type} first`);
    this.checkResponse(fields, 'in_progress');
    const { output, usage, error, incomplete_details, completed_at } = fields.response;
    if (output.length > 0 || usage || error || incomplete_details || completed_at) throw new Error(`${type} of an end`);
  }

  private checkResponse(fields: Json, status: string): void {
    expectKeys(fields, ['response'], 'an event of the response');
    const { response } = fields;
    const { id, object, created_at, model } = response;
    if (!/^resp_./.test(id) || object !== 'response' || !Number.isInteger(created_at) || typeof model !== 'string')
      throw new Error('no response');
    if (response.status !== status) throw new Error(`status ${response.status}, not ${status}`);
    if (!response.text.format || !Array.isArray(response.tools) || !('tool_choice' in response))
      throw new Error('a response of fewer fields');
    const {
      output: _o,
      status: _s,
      usage: _u,
      error: _e,
      incomplete_details: _d,
      completed_at: _c,
      ...same
    } = response;
    // Only the end can say that nothing was kept.
    const head = JSON.stringify({ ...same, store: null });
    this.head ??= head;
    if (head !== this.head) throw new Error('another response than the one that was created');
  }

  private about(type: string, fields: Json): void {
    if (type === 'response.output_item.added') {
      if (this.open) throw new Error('an item inside another');
      expectKeys(fields, ['output_index', 'item'], type);
      this.open = new OpenItem(fields.item, fields.output_index);
      const { id } = fields.item;
      if (fields.output_index !== this.items.length || this.ids.has(id)) throw new Error('no place or id of its own');
      this.ids.add(id);
    } else if (!this.open) {
      throw new Error(`${type} outside of an item`);
    } else if (type === 'response.output_item.done') {
      expectKeys(fields, ['output_index', 'item'], type);
      this.open.done(fields.item, fields.output_index);
      this.items.push(fields.item);
      this.open = undefined;
    } else {
      this.open.piece(type, fields);
    }
  }

  private break(fields: Json): void {
    expectKeys(fields, ['error'], 'an error');
    this.error = fields.error;
  }

  private finish(type: string, fields: Json): void {
    this.checkResponse(fields, ENDS.get(type) as string);
    const { response } = fields;
    this.last = response;
    const isFailed = type === 'response.failed';
    if (isFailed !== (this.error !== undefined)) throw new Error(`${type} ${isFailed ? 'without' : 'after'} an error`);
    if (isFailed !== (response.error !== null)) throw new Error('the response knows another end');
    if (!isFailed && this.open) throw new Error(`${type} with an item open`);
    // What was being written may stand at the end of an answer that broke.
    const finished = isFailed ? response.output.slice(0, this.items.length) : response.output;
    if (JSON.stringify(finished) !== JSON.stringify(this.items)) throw new Error('other output than its items');
    if (isFailed && response.output.length > this.items.length + (this.open ? 1 : 0)) throw new Error('more output');
    if (!isFailed) this.checkEnd(response);
  }

  private checkEnd({ status, usage, incomplete_details, completed_at }: Json): void {
    const isCut = status === 'incomplete';
    if ((incomplete_details?.reason === 'max_output_tokens') !== isCut) throw new Error('no reason why it is cut');
    if (Number.isInteger(completed_at) === isCut) throw new Error('a wrong time of completion');
    const { input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details } = usage;
    const { cached_tokens, cache_write_tokens } = input_tokens_details;
    const { reasoning_tokens } = output_tokens_details;
    const counts = [input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens];
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw new Error('usage of no numbers');
    if (total_tokens !== input_tokens + output_tokens) throw new Error('a total that is none');
    if (cached_tokens + cache_write_tokens > input_tokens) throw new Error('more cached tokens than tokens');
    if (reasoning_tokens > output_tokens) throw new Error('more thought than written');
  }
}
