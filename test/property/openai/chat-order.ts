import { expectKeys } from './expect-keys.js';

// biome-ignore lint/suspicious/noExplicitAny: chunks under test, looked into at any depth
type Json = any;

export interface ChatStreamRead {
  /** In their order; the error of a stream that broke is none of them. */
  chunks: Json[];
  error?: Json;
}

const HEAD = ['id', 'object', 'created', 'model', 'service_tier', 'system_fingerprint', 'choices'];
const DELTA_KEYS = new Set(['role', 'content', 'refusal', 'reasoning_content', 'tool_calls', 'function_call']);
const REASONS = new Set(['stop', 'length', 'tool_calls', 'function_call', 'content_filter']);

/**
 * Reads a stream of `POST /v1/chat/completions` by its bytes, and takes no liberty (openai.md §5): what any of the
 * clients stumbles over is a fault.
 * @param form what the request asked for
 * @throws Error naming the first thing that is out of order
 */
export function readChatOrder(text: string, form: { includeUsage: boolean; isLegacy: boolean }): ChatStreamRead {
  const order = new ChatOrder(form);
  const frames = text.split(/(?<=\n\n)/);
  for (const frame of frames) {
    if (frame === ': keepalive\n\n' || frame === '') continue;
    const [, data] = /^data: ([^\n]+)\n\n$/.exec(frame) ?? [];
    if (data === undefined) throw new Error(`not a frame: ${JSON.stringify(frame.slice(0, 200))}`);
    order.push(data);
  }
  return order.end();
}

type Phase = 'before' | 'open' | 'finished' | 'counted' | 'over';

class ChatOrder {
  private readonly chunks: Json[] = [];
  private error: Json;
  private phase: Phase = 'before';
  private head: string | undefined;
  /** Of the call that is being written; calls come one after the other. */
  private call = -1;
  private hasCalls = false;

  constructor(private readonly form: { includeUsage: boolean; isLegacy: boolean }) {}

  push(data: string): void {
    if (this.phase === 'over') throw new Error(`after the end: ${data.slice(0, 200)}`);
    if (data === '[DONE]') {
      this.enter('over', this.form.includeUsage ? ['counted'] : ['finished']);
      return;
    }
    const chunk: Json = JSON.parse(data);
    if (chunk.error !== undefined) {
      expectKeys(chunk, ['error'], 'an error');
      this.error = chunk.error;
      this.phase = 'over';
      return;
    }
    this.chunks.push(chunk);
    this.checkHead(chunk);
    if (chunk.choices.length === 0) this.checkUsage(chunk);
    else this.checkChoice(chunk);
  }

  end(): ChatStreamRead {
    // Nothing at all: the answer never began.
    if (this.phase !== 'over' && this.chunks.length > 0) throw new Error('neither [DONE] nor an error at the end');
    return { chunks: this.chunks, ...(this.error !== undefined && { error: this.error }) };
  }

  private checkHead(chunk: Json): void {
    expectKeys(chunk, this.form.includeUsage ? [...HEAD, 'usage'] : HEAD, 'a chunk');
    const { id, object, created, model } = chunk;
    if (!/^chatcmpl-./.test(id) || object !== 'chat.completion.chunk') throw new Error(`${object} ${id}`);
    if (!Number.isInteger(created) || typeof model !== 'string') throw new Error('no time or no model');
    const head = JSON.stringify([id, created, model]);
    this.head ??= head;
    if (head !== this.head) throw new Error(`${head} after ${this.head}`);
    if (!Array.isArray(chunk.choices) || chunk.choices.length > 1) throw new Error('not one choice');
  }

  private checkUsage({ usage }: Json): void {
    if (!this.form.includeUsage) throw new Error('usage that nobody asked for');
    this.enter('counted', ['finished']);
    const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage;
    const counts = [prompt_tokens, completion_tokens, prompt_tokens_details.cached_tokens];
    counts.push(completion_tokens_details.reasoning_tokens);
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw new Error('usage of no numbers');
    if (total_tokens !== prompt_tokens + completion_tokens) throw new Error('a total that is none');
    if (prompt_tokens_details.cached_tokens > prompt_tokens) throw new Error('more cached tokens than tokens');
    if (completion_tokens_details.reasoning_tokens > completion_tokens) throw new Error('more thought than written');
  }

  private checkChoice({ choices: [choice], usage }: Json): void {
    if (this.form.includeUsage && usage !== null) throw new Error('usage on a chunk that has a choice');
    expectKeys(choice, ['index', 'delta', 'logprobs', 'finish_reason'], 'a choice');
    if (choice.index !== 0 || choice.logprobs !== null) throw new Error('a choice that nobody asked for');
    const { delta, finish_reason } = choice;
    if (this.phase === 'before') this.checkFirst(delta);
    else if (this.phase !== 'open') throw new Error('a choice after the finish');
    else if ('role' in delta) throw new Error('a second role');
    for (const key of Object.keys(delta)) if (!DELTA_KEYS.has(key)) throw new Error(`delta.${key}`);
    if (finish_reason === null) this.checkDelta(delta);
    else this.checkFinish(delta, finish_reason);
  }

  /** `content` is null where the answer begins with a call, and only there. */
  private checkFirst(delta: Json): void {
    this.enter('open', ['before']);
    const isCall = 'tool_calls' in delta || 'function_call' in delta;
    if (delta.role !== 'assistant' || delta.content !== (isCall ? null : '')) throw new Error('a wrong beginning');
  }

  private checkDelta({ role, content, reasoning_content, tool_calls, function_call }: Json): void {
    const said = [content, reasoning_content, tool_calls, function_call].filter((each) => each !== undefined);
    // What stands beside something else was lost by other gateways (openai.md §16).
    if (role === undefined && said.length !== 1) throw new Error(`a delta of ${said.length} things`);
    for (const text of role === undefined ? [content, reasoning_content] : [])
      if (text !== undefined && (typeof text !== 'string' || text === '')) throw new Error('a delta of no text');
    if (tool_calls !== undefined) this.checkCall(tool_calls);
    if (function_call !== undefined) this.checkFunction(function_call);
  }

  private checkCall(calls: Json): void {
    if (this.form.isLegacy) throw new Error('tool_calls for a client of functions');
    if (!Array.isArray(calls) || calls.length !== 1) throw new Error('not one call');
    const [{ index, ...call }] = calls;
    if (index === this.call + 1) {
      this.call = index;
      this.hasCalls = true;
      expectKeys(call, ['id', 'type', call.type], 'the first delta of a call');
      const input = call.type === 'custom' ? 'input' : 'arguments';
      expectKeys(call[call.type], ['name', input], 'a called tool');
      if (!/^call_/.test(call.id) || !['function', 'custom'].includes(call.type)) throw new Error('no id or no type');
      if (typeof call[call.type].name !== 'string' || call[call.type][input] !== '') throw new Error('no name');
    } else if (index === this.call) {
      const [type = ''] = Object.keys(call);
      expectKeys(call, [type], 'a later delta of a call');
      expectKeys(call[type], [type === 'custom' ? 'input' : 'arguments'], 'a piece of a call');
    } else {
      throw new Error(`call ${index} after call ${this.call}`);
    }
  }

  private checkFunction(call: Json): void {
    if (!this.form.isLegacy) throw new Error('function_call for a client of tools');
    if ('name' in call && this.hasCalls) throw new Error('a second function_call');
    expectKeys(call, this.hasCalls ? ['arguments'] : ['name', 'arguments'], 'a function_call');
    this.hasCalls = true;
  }

  private checkFinish(delta: Json, reason: string): void {
    this.enter('finished', ['open']);
    expectKeys(delta, [], 'the last delta');
    if (!REASONS.has(reason)) throw new Error(`finish_reason ${reason}`);
    const called = this.form.isLegacy ? 'function_call' : 'tool_calls';
    if ((reason === called) !== this.hasCalls) throw new Error(`${reason} ${this.hasCalls ? 'with' : 'without'} calls`);
  }

  private enter(phase: Phase, from: readonly Phase[]): void {
    if (!from.includes(this.phase)) throw new Error(`${phase} when ${this.phase}`);
    this.phase = phase;
  }
}
