import type {
  ChatCompletion,
  ChatCompletionMessage,
  ChatCompletionMessageToolCall,
} from 'openai/resources/chat/completions';
import type { Message } from '../../messages/vocabulary.js';
import { tokenUsage } from '../openai/token-usage.js';
import type { AnswerForm } from './chat-request.js';
import { type ClientCall, clientCall } from './client-call.js';
import { type CompletionHead, encodeHead } from './completion-head.js';
import { encodeUsage } from './encode-usage.js';
import { finishReason } from './finish-reason.js';

/** A message, and the thinking that led to it where there was some: the API has no field of its own (openai.md §12). */
type ReasonedMessage = ChatCompletionMessage & { reasoning_content?: string };

/**
 * A whole answer as `POST /v1/chat/completions` gives it (openai.md §5).
 * @param inputs of its tool uses, in order, the JSON text that the model wrote; without them they are spelt anew
 */
export function encodeCompletion(
  message: Message,
  head: CompletionHead,
  form: AnswerForm,
  inputs: readonly string[] = [],
): ChatCompletion {
  const calls = callsIn(message, form, inputs);
  return {
    ...encodeHead(head, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: encodeMessage(message, calls, form.isLegacy),
        logprobs: null,
        finish_reason: finishReason(message.stop_reason, calls.length > 0, form.isLegacy),
      },
    ],
    usage: encodeUsage(tokenUsage(message.usage)),
  };
}

function callsIn({ content }: Message, { tools, isLegacy }: AnswerForm, inputs: readonly string[]): ClientCall[] {
  const uses = content.filter((block) => block.type === 'tool_use');
  const calls = uses.map((use, index) => clientCall(use, inputs[index] ?? JSON.stringify(use.input), tools));
  return isLegacy ? calls.slice(0, 1) : calls;
}

function encodeMessage({ content }: Message, calls: readonly ClientCall[], isLegacy: boolean): ReasonedMessage {
  const texts = content.flatMap((block) => (block.type === 'text' ? block.text : []));
  const reasoning = content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');
  const [first] = calls;
  return {
    role: 'assistant',
    content: texts.length === 0 && first ? null : texts.join(''),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    refusal: null,
    annotations: [],
    ...(first && (isLegacy ? { function_call: functionOf(first) } : { tool_calls: calls.map(encodeCall) })),
  };
}

function encodeCall({ id, type, name, input }: ClientCall): ChatCompletionMessageToolCall {
  return type === 'custom' ? { id, type, custom: { name, input } } : { id, type, function: { name, arguments: input } };
}

function functionOf({ name, input }: ClientCall) {
  return { name, arguments: input };
}
