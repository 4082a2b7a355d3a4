import type { Message } from '../../../src/core/messages/vocabulary.js';
import type { ClientTools } from '../../../src/core/protocols/openai/client-tools.js';

// biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
type Json = any;

/** What a client is told, in no protocol's words: the same whichever it speaks. */
export interface Told {
  text: string;
  thinking: string;
  calls: ToldCall[];
  end: 'over' | 'cut' | 'refused';
  usage: { input: number; cached: number; output: number; reasoning: number };
}

export interface ToldCall {
  id: string;
  kind: string;
  name: string;
  namespace?: string;
  /** The arguments' JSON parsed, or a custom tool's text. */
  input: unknown;
}

const CUT = ['max_tokens', 'model_context_window_exceeded', null];

/** What a message says, calls under the client's own names. */
export function toldByMessage({ content, stop_reason, usage }: Message, tools: ClientTools): Told {
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? toldCall(block, tools) : [])),
    end: stop_reason === 'refusal' ? 'refused' : CUT.includes(stop_reason) ? 'cut' : 'over',
    usage: {
      input: (usage.input_tokens ?? 0) + cached + (usage.cache_creation_input_tokens ?? 0),
      cached,
      output: usage.output_tokens,
      reasoning: Math.min(usage.output_tokens_details?.thinking_tokens ?? 0, usage.output_tokens),
    },
  };
}

function toldCall({ id, name, input }: { id: string; name: string; input: unknown }, tools: ClientTools): ToldCall {
  const tool = tools.find(name);
  return { id: id.replace(/^tool(u|use)_/, ''), ...tool, input: tool.kind === 'custom' ? textOf(input) : input };
}

/** A custom tool's one text, or all the model wrote where that is something else. */
function textOf(input: unknown): unknown {
  const values = Object.values(input as object);
  const text = Object.getOwnPropertyDescriptor(input, 'input')?.value ?? (values.length === 1 ? values[0] : undefined);
  return typeof text === 'string' ? parsed(text) : input;
}

/** A text that is JSON may be either: what it says is the same. */
function parsed(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A call as it came back: its id without `call_`, its input parsed. */
function readCall(call: Json, kind: string, input: unknown): ToldCall {
  const { name, namespace } = call;
  const id = call.id.replace(/^call_/, '');
  return { id, kind, name, ...(namespace !== undefined && { namespace }), input };
}

const CHAT_ENDS: Record<string, Told['end']> = { length: 'cut', content_filter: 'refused' };

/** What a completion says. Chat has neither namespaces nor searches. */
export function toldByCompletion({ choices: [choice], usage }: Json): Told {
  const { message, finish_reason } = choice;
  const calls = message.function_call
    ? [{ id: 'call_', type: 'function', function: message.function_call }]
    : (message.tool_calls ?? []);
  return {
    text: message.content ?? '',
    thinking: message.reasoning_content ?? '',
    calls: calls.map((call: Json) => {
      const { name, arguments: json, input } = call[call.type];
      return readCall({ ...call, name }, call.type, call.type === 'custom' ? parsed(input) : JSON.parse(json));
    }),
    end: CHAT_ENDS[finish_reason] ?? 'over',
    usage: {
      input: usage.prompt_tokens,
      cached: usage.prompt_tokens_details.cached_tokens,
      output: usage.completion_tokens,
      reasoning: usage.completion_tokens_details.reasoning_tokens,
    },
  };
}

const KINDS: Record<string, string> = {
  function_call: 'function',
  custom_tool_call: 'custom',
  tool_search_call: 'tool_search',
};

/** What a response says. */
export function toldByResponse({ output, status, usage }: Json): Told {
  const parts: Json[] = output.flatMap(({ type, content }: Json) => (type === 'message' ? content : []));
  const calls = (output as Json[]).flatMap((item) => {
    const kind = KINDS[item.type];
    if (kind === undefined) return [];
    const input =
      kind === 'custom' ? parsed(item.input) : kind === 'function' ? JSON.parse(item.arguments) : item.arguments;
    return readCall({ name: 'tool_search', ...item, id: item.call_id }, kind, input);
  });
  const isRefused = parts.some(({ type }) => type === 'refusal');
  return {
    text: parts.map(({ text = '' }) => text).join(''),
    thinking: output.flatMap(({ summary = [] }: Json) => summary.map(({ text }: Json) => text)).join(''),
    calls,
    end: isRefused ? 'refused' : status === 'incomplete' ? 'cut' : 'over',
    usage: {
      input: usage.input_tokens,
      cached: usage.input_tokens_details.cached_tokens,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details.reasoning_tokens,
    },
  };
}
