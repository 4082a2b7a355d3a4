import { expectKeys } from './expect-keys.js';

// biome-ignore lint/suspicious/noExplicitAny: events under test, looked into at any depth
type Json = any;

const PREFIXES: Record<string, string> = {
  message: 'msg_',
  function_call: 'fc_',
  custom_tool_call: 'ctc_',
  reasoning: 'rs_',
  tool_search_call: 'tsc_',
  compaction: 'cmp_',
};

/** One item of a Responses stream, from its beginning to its end (openai.md §7). @throws Error where it is out of order */
export class OpenItem {
  private readonly type: string;
  /** Parts of a message's content, or of a summary, that are done. */
  private readonly parts: Json[] = [];
  private part: { pieces: string; text?: string } | undefined;
  /** Of a call. */
  private pieces = '';
  private input: string | undefined;

  constructor(
    private readonly added: Json,
    private readonly index: number,
  ) {
    const { id, type, status } = added;
    this.type = type;
    const prefix = PREFIXES[type];
    if (prefix === undefined || !id.startsWith(prefix) || id === prefix) throw new Error(`${type} ${id}`);
    if (type !== 'reasoning' && type !== 'compaction' && status !== 'in_progress') throw new Error('begun as done');
    const empty = [added.content ?? [], added.summary ?? []].every((list) => list.length === 0);
    if (!empty || (added.arguments?.length ?? 0) > 0 || (added.input ?? '') !== '') throw new Error('begun as full');
    if (added.encrypted_content) throw new Error('begun as sealed');
  }

  piece(type: string, { item_id, output_index, ...fields }: Json): void {
    if (item_id !== this.added.id || output_index !== this.index) throw new Error(`${type} of another item`);
    switch (this.type) {
      case 'message':
        this.content(type, fields);
        return;
      case 'reasoning':
        this.summary(type, fields);
        return;
      case 'function_call':
        this.call(type, fields, 'response.function_call_arguments', 'arguments');
        return;
      case 'custom_tool_call':
        this.call(type, fields, 'response.custom_tool_call_input', 'input');
        return;
      default:
        throw new Error(`${type} in ${this.type}`);
    }
  }

  done(item: Json, index: number): void {
    if (item.id !== this.added.id || item.type !== this.type || index !== this.index) throw new Error('another item');
    if (this.part) throw new Error('an item that is done before its part');
    const { status } = item;
    const isDone = status === 'completed' || (status === 'incomplete' && this.type === 'message');
    const hasStatus = this.type !== 'reasoning' && this.type !== 'compaction';
    if (hasStatus && !isDone) throw new Error(`done with status ${status}`);
    this.checkWhole(item);
    for (const key of Object.keys(this.added)) if (!(key in item)) throw new Error(`an item that lost its ${key}`);
  }

  private checkWhole(item: Json): void {
    const same = (one: unknown, other: unknown) => {
      if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('another item than its pieces');
    };
    if (this.type === 'message') same(item.content, this.parts);
    else if (this.type === 'reasoning') same(item.summary, this.parts);
    else if (this.type === 'function_call' || this.type === 'custom_tool_call') {
      if (this.input === undefined) throw new Error('a call without its input');
      if (!/^call_/.test(item.call_id) || typeof item.name !== 'string') throw new Error('no call');
      same(item.arguments ?? item.input, this.input);
      same([item.call_id, item.name, item.namespace], [this.added.call_id, this.added.name, this.added.namespace]);
    } else if (this.type === 'tool_search_call') {
      const isObject = typeof item.arguments === 'object' && item.arguments !== null && !Array.isArray(item.arguments);
      if (!isObject || item.execution !== 'client' || item.call_id !== this.added.call_id) throw new Error('no search');
    } else if (typeof item.encrypted_content !== 'string' || item.encrypted_content === '')
      throw new Error('no summary');
  }

  private content(type: string, { content_index, ...fields }: Json): void {
    if (content_index !== this.parts.length) throw new Error(`part ${content_index}, not ${this.parts.length}`);
    switch (type) {
      case 'response.content_part.added':
        expectKeys(fields, ['part'], type);
        this.addPart(fields.part);
        return;
      case 'response.output_text.delta':
        expectKeys(fields, ['delta', 'logprobs'], type);
        this.addPiece(fields.delta);
        return;
      case 'response.output_text.done':
        expectKeys(fields, ['text', 'logprobs'], type);
        this.endText(fields.text);
        return;
      case 'response.refusal.delta':
        this.addPiece(fields.delta);
        return;
      case 'response.refusal.done':
        this.endText(fields.refusal);
        return;
      case 'response.content_part.done':
        this.endPart(fields.part);
        return;
      default:
        throw new Error(`${type} in a message`);
    }
  }

  private summary(type: string, { summary_index, ...fields }: Json): void {
    if (summary_index !== this.parts.length) throw new Error(`part ${summary_index}, not ${this.parts.length}`);
    switch (type) {
      case 'response.reasoning_summary_part.added':
        this.addPart(fields.part);
        return;
      case 'response.reasoning_summary_text.delta':
        this.addPiece(fields.delta);
        return;
      case 'response.reasoning_summary_text.done':
        this.endText(fields.text);
        return;
      case 'response.reasoning_summary_part.done':
        this.endPart(fields.part);
        return;
      default:
        throw new Error(`${type} in a summary`);
    }
  }

  private addPart(part: Json): void {
    if (this.part) throw new Error('a part inside another');
    if (textIn(part) !== '') throw new Error('a part that is begun as full');
    this.part = { pieces: '' };
  }

  private addPiece(delta: Json): void {
    if (!this.part || this.part.text !== undefined) throw new Error('a piece outside of a part');
    if (typeof delta !== 'string' || delta === '') throw new Error('a piece of nothing');
    this.part.pieces += delta;
  }

  private endText(text: Json): void {
    if (!this.part || text !== this.part.pieces) throw new Error('another text than its pieces');
    this.part.text = text;
  }

  private endPart(part: Json): void {
    if (!this.part || this.part.text === undefined || textIn(part) !== this.part.text) throw new Error('another part');
    this.parts.push(part);
    this.part = undefined;
  }

  private call(type: string, fields: Json, prefix: string, key: string): void {
    if (this.input !== undefined) throw new Error(`${type} after the input's end`);
    if (type === `${prefix}.delta`) {
      expectKeys(fields, ['delta'], type);
      this.pieces += fields.delta;
    } else if (type === `${prefix}.done`) {
      expectKeys(fields, [key], type);
      if (fields[key] !== this.pieces) throw new Error('another input than its pieces');
      this.input = fields[key];
    } else {
      throw new Error(`${type} in a call`);
    }
  }
}

/** A part carries what its type has to. */
function textIn(part: Json): unknown {
  switch (part.type) {
    case 'output_text':
      expectKeys(part, ['type', 'text', 'annotations', 'logprobs'], 'a text');
      return part.text;
    case 'refusal':
      expectKeys(part, ['type', 'refusal'], 'a refusal');
      return part.refusal;
    case 'summary_text':
      expectKeys(part, ['type', 'text'], 'a summary');
      return part.text;
    default:
      throw new Error(`a part ${part.type}`);
  }
}
