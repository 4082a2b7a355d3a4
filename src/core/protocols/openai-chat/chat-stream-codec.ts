import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { GatewayError } from '../../errors.js';
import type { ContentBlock, MessagesEvent, Usage } from '../../messages/vocabulary.js';
import { wholeUsage } from '../../messages/whole-usage.js';
import { errorObject } from '../openai/encode-error.js';
import { tokenUsage } from '../openai/token-usage.js';
import type { AnswerForm } from './chat-request.js';
import { type ClientCall, clientCall } from './client-call.js';
import { type CompletionHead, encodeHead } from './completion-head.js';
import { encodeUsage } from './encode-usage.js';
import { type FinishReason, finishReason } from './finish-reason.js';

/** The API has no field for thinking; this one is read by most that show it (openai.md §12). */
type Delta = ChatCompletionChunk.Choice.Delta & { reasoning_content?: string };
type MessageDelta = Extract<MessagesEvent, { type: 'message_delta' }>;

/**
 * Messages events as `POST /v1/chat/completions` streams them (openai.md §5). The first chunk waits for the first
 * content: only then it is known whether its `content` is null, and a failure before it keeps a status of its own.
 */
export class ChatStreamCodec {
  /** A comment: any event that is no chunk breaks the SDKs (openai.md §1). */
  readonly ping = ': keepalive\n\n';

  private readonly beginning: string;
  private readonly ending: string;
  /** What stands around the text of a chunk: nearly all are of text, and spelt by hand they cost a quarter. */
  private readonly beforeText: string;
  private readonly afterText: string;
  private hasBegun = false;
  private usage: Usage | undefined;
  /** The call that is open, and the JSON of its input so far. */
  private call: { id: string; name: string; pieces: string[] } | undefined;
  private calls = 0;

  constructor(
    head: CompletionHead,
    private readonly form: AnswerForm,
  ) {
    const fields = JSON.stringify(encodeHead(head, 'chat.completion.chunk'));
    this.beginning = `data: ${fields.slice(0, -1)},"choices":`;
    this.ending = form.includeUsage ? ',"usage":null}\n\n' : '}\n\n';
    this.beforeText = `${this.beginning}[{"index":0,"delta":{"content":`;
    this.afterText = `},"logprobs":null,"finish_reason":null}]${this.ending}`;
  }

  push(event: MessagesEvent): string {
    switch (event.type) {
      case 'message_start':
        this.usage = event.message.usage;
        return '';
      case 'content_block_start':
        return this.start(event.content_block);
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') return this.text(event.delta.text);
        if (event.delta.type === 'thinking_delta') return this.reasoning(event.delta.thinking);
        if (event.delta.type === 'input_json_delta') this.call?.pieces.push(event.delta.partial_json);
        return '';
      case 'content_block_stop':
        return this.stop();
      case 'message_delta':
        return this.finish(event);
      case 'message_stop':
        return 'data: [DONE]\n\n';
      case 'upstream_report':
        return '';
      default:
        event satisfies never;
        return '';
    }
  }

  /** No `[DONE]` after it: clients would take the answer for a whole one. */
  fail(error: GatewayError): string {
    return `data: ${JSON.stringify({ error: errorObject(error) })}\n\n`;
  }

  private start(block: ContentBlock): string {
    if (block.type === 'tool_use') this.call = { id: block.id, name: block.name, pieces: [] };
    if (block.type === 'text') return this.begin() + this.text(block.text);
    return block.type === 'thinking' ? this.reasoning(block.thinking) : '';
  }

  private begin(): string {
    if (this.hasBegun) return '';
    this.hasBegun = true;
    return this.chunk({ role: 'assistant', content: '', refusal: null });
  }

  private text(content: string): string {
    if (content === '') return '';
    const chunk = this.beforeText + JSON.stringify(content) + this.afterText;
    return this.hasBegun ? chunk : this.begin() + chunk;
  }

  private reasoning(reasoning_content: string): string {
    return reasoning_content === '' ? '' : this.begin() + this.chunk({ reasoning_content });
  }

  /** A call goes out when its input is complete: half of one would be run by some clients (openai.md §16). */
  private stop(): string {
    if (!this.call) return '';
    const call = clientCall(this.call, this.call.pieces.join(''), this.form.tools);
    this.call = undefined;
    const index = this.calls;
    this.calls += 1;
    if (this.form.isLegacy) return index === 0 ? this.callChunks(...legacyDeltas(call)) : '';
    return this.callChunks(...callDeltas(call, index));
  }

  private callChunks(first: Delta, second: Delta): string {
    if (this.hasBegun) return this.chunk(first) + this.chunk(second);
    this.hasBegun = true;
    return this.chunk({ role: 'assistant', content: null, ...first }) + this.chunk(second);
  }

  private finish({ delta, usage }: MessageDelta): string {
    const reason = finishReason(delta.stop_reason, this.calls > 0, this.form.isLegacy);
    const finished = this.begin() + this.chunk({}, reason);
    return this.form.includeUsage ? finished + this.usageChunk(usage) : finished;
  }

  /** Without a choice: clients that look for one in every chunk did not ask for it. */
  private usageChunk(final: MessageDelta['usage']): string {
    const usage = encodeUsage(tokenUsage(this.usage ? wholeUsage(this.usage, final) : final));
    return `${this.beginning}[],"usage":${JSON.stringify(usage)}}\n\n`;
  }

  private chunk(delta: Delta, reason: FinishReason | null = null): string {
    const choice = { index: 0, delta, logprobs: null, finish_reason: reason };
    return `${this.beginning}[${JSON.stringify(choice)}]${this.ending}`;
  }
}

/**
 * `id`, `type` and the name in the first delta alone: the Python SDK joins what is repeated. Indexes count calls, not
 * blocks (openai.md §1).
 */
function callDeltas({ id, type, name, input }: ClientCall, index: number): [Delta, Delta] {
  return type === 'custom'
    ? [
        { tool_calls: [{ index, id, type, custom: { name, input: '' } }] },
        { tool_calls: [{ index, custom: { input } }] },
      ]
    : [
        { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] },
        { tool_calls: [{ index, function: { arguments: input } }] },
      ];
}

function legacyDeltas({ name, input }: ClientCall): [Delta, Delta] {
  return [{ function_call: { name, arguments: '' } }, { function_call: { arguments: input } }];
}
