import { EventParser } from '../../src/core/protocols/sse/event-parser.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

/** What an answer says, whatever the protocol it came in. */
export interface ToldAnswer {
  text: string;
  thinking: string;
  /** Tool calls, their arguments parsed. */
  calls: { name: string; input: unknown }[];
  /** Why it ended (openai.md §8); `broken` by an error. */
  end: 'over' | 'tools' | 'cut' | 'refused' | 'broken';
  /** What broke it. */
  fault?: 'upstream' | 'rate limit';
  usage?: { input: number; cacheRead: number; output: number; thinking: number };
}

/** One way to ask for an answer and to be told it. */
export interface Way {
  name: string;
  protocol: 'messages' | 'chat' | 'responses';
  streams: boolean;
  tell(gateway: RunningGateway, body: object): Promise<ToldAnswer>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
type Json = any;
type Reader = (pieces: Json[]) => ToldAnswer;

export const WAYS: readonly Way[] = [
  way('Messages, streamed', 'messages', '/v1/messages', messagesStream),
  way('Messages, JSON', 'messages', '/v1/messages', ([message]) => messageJson(message)),
  way('Chat, streamed', 'chat', '/v1/chat/completions', chatStream),
  way('Chat, JSON', 'chat', '/v1/chat/completions', ([completion]) => chatJson(completion)),
  way('Responses, streamed', 'responses', '/v1/responses', responsesStream),
  way('Responses, JSON', 'responses', '/v1/responses', ([response]) => responseJson(response)),
];

function way(name: string, protocol: Way['protocol'], path: string, read: Reader): Way {
  const streams = name.endsWith('streamed');
  const more = streams ? { stream: true, ...(protocol === 'chat' && { stream_options: { include_usage: true } }) } : {};
  return {
    name,
    protocol,
    streams,
    tell: async (gateway, body) => {
      const response = await fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, ...more }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (!streams || !response.ok) {
        const answer = JSON.parse(new TextDecoder().decode(bytes));
        return response.ok ? read([answer]) : broken(emptyAnswer(), answer.error);
      }
      return read(
        new EventParser()
          .push(bytes)
          .filter(({ data }) => data !== '[DONE]')
          .map(({ data }) => JSON.parse(data)),
      );
    },
  };
}

const emptyAnswer = (): ToldAnswer => ({ text: '', thinking: '', calls: [], end: 'over' });

const FAULTS: ReadonlyMap<string, ToldAnswer['fault']> = new Map([
  ['api_error', 'upstream'],
  ['upstream_error', 'upstream'],
  ['server_error', 'upstream'],
  ['rate_limit_error', 'rate limit'],
  ['rate_limit_exceeded', 'rate limit'],
]);

function broken(answer: ToldAnswer, error: { type: string; code?: string }): ToldAnswer {
  const { usage: _, ...told } = answer;
  return { ...told, end: 'broken', fault: FAULTS.get(error.code ?? error.type) };
}

const MESSAGES_ENDS: ReadonlyMap<string, ToldAnswer['end']> = new Map([
  ['end_turn', 'over'],
  ['stop_sequence', 'over'],
  ['tool_use', 'tools'],
  ['max_tokens', 'cut'],
  ['model_context_window_exceeded', 'cut'],
  ['refusal', 'refused'],
]);

function messagesUsage(usage: Json): ToldAnswer['usage'] {
  return {
    input: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
    cacheRead: usage.cache_read_input_tokens,
    output: usage.output_tokens,
    thinking: usage.output_tokens_details?.thinking_tokens ?? 0,
  };
}

function messagesStream(events: Json[]): ToldAnswer {
  const answer = emptyAnswer();
  let json = '';
  for (const event of events) {
    if (event.type === 'error') return broken(answer, event.error);
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      answer.calls.push({ name: event.content_block.name, input: undefined });
      json = '';
    }
    if (event.type === 'content_block_delta') {
      answer.text += event.delta.text ?? '';
      answer.thinking += event.delta.thinking ?? '';
      json += event.delta.partial_json ?? '';
    }
    const call = answer.calls.at(-1);
    if (event.type === 'content_block_stop' && call && call.input === undefined) call.input = JSON.parse(json || '{}');
    if (event.type === 'message_delta') {
      answer.end = MESSAGES_ENDS.get(event.delta.stop_reason) ?? 'broken';
      answer.usage = messagesUsage(event.usage);
    }
  }
  return answer;
}

function messageJson(message: Json): ToldAnswer {
  const blocks: Json[] = message.content;
  return {
    text: blocks.map(({ type, text }) => (type === 'text' ? text : '')).join(''),
    thinking: blocks.map(({ type, thinking }) => (type === 'thinking' ? thinking : '')).join(''),
    calls: blocks.flatMap(({ type, name, input }) => (type === 'tool_use' ? { name, input } : [])),
    end: MESSAGES_ENDS.get(message.stop_reason) ?? 'broken',
    usage: messagesUsage(message.usage),
  };
}

const CHAT_ENDS: ReadonlyMap<string, ToldAnswer['end']> = new Map([
  ['stop', 'over'],
  ['tool_calls', 'tools'],
  ['length', 'cut'],
  ['content_filter', 'refused'],
]);

function chatUsage(usage: Json): ToldAnswer['usage'] {
  return {
    input: usage.prompt_tokens,
    cacheRead: usage.prompt_tokens_details.cached_tokens,
    output: usage.completion_tokens,
    thinking: usage.completion_tokens_details.reasoning_tokens,
  };
}

function chatStream(chunks: Json[]): ToldAnswer {
  const answer = emptyAnswer();
  const calls: { name: string; json: string }[] = [];
  const finished = () => calls.map(({ name, json }) => ({ name, input: JSON.parse(json) }));
  for (const { error, usage, choices } of chunks) {
    if (error) return broken({ ...answer, calls: finished() }, error);
    if (usage) answer.usage = chatUsage(usage);
    for (const { delta, finish_reason } of choices) {
      answer.text += delta.content ?? '';
      answer.thinking += delta.reasoning_content ?? '';
      for (const part of delta.tool_calls ?? []) {
        if (part.id) calls[part.index] = { name: part.function.name, json: '' };
        const call = calls[part.index];
        if (call) call.json += part.function.arguments;
      }
      if (finish_reason) answer.end = CHAT_ENDS.get(finish_reason) ?? 'broken';
    }
  }
  return { ...answer, calls: finished() };
}

function chatJson({ choices: [{ message, finish_reason }], usage }: Json): ToldAnswer {
  return {
    text: message.content ?? '',
    thinking: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map((call: Json) => ({
      name: call.function.name,
      input: JSON.parse(call.function.arguments),
    })),
    end: CHAT_ENDS.get(finish_reason) ?? 'broken',
    usage: chatUsage(usage),
  };
}

/** By its deltas, which must come to the same as its last event says. */
function responsesStream(events: Json[]): ToldAnswer {
  const seen = emptyAnswer();
  let last: ToldAnswer | undefined;
  for (const event of events) {
    if (event.type === 'response.output_text.delta') seen.text += event.delta;
    if (event.type === 'response.reasoning_summary_text.delta') seen.thinking += event.delta;
    if (event.type === 'response.output_item.done' && event.item.type === 'function_call')
      seen.calls.push({ name: event.item.name, input: JSON.parse(event.item.arguments) });
    if (event.type === 'error') last = broken(seen, event.error);
    if (event.type === 'response.completed' || event.type === 'response.incomplete')
      last = responseJson(event.response);
  }
  if (!last) throw new Error(`the stream ended with ${events.at(-1)?.type}`);
  return { ...last, ...seen, end: last.end };
}

function responseJson({ output, status, incomplete_details, usage }: Json): ToldAnswer {
  const items: Json[] = output;
  const parts = items.flatMap(({ type, content }) => (type === 'message' ? content : []));
  const calls = items.flatMap(({ type, name, arguments: json }) =>
    type === 'function_call' ? { name, input: JSON.parse(json) } : [],
  );
  const isRefused = parts.some(({ type }) => type === 'refusal') || incomplete_details?.reason === 'content_filter';
  const isCut = status === 'incomplete' && incomplete_details.reason === 'max_output_tokens';
  const isOver = status === 'completed';
  const over = calls.length > 0 ? 'tools' : 'over';
  return {
    text: parts.map(({ type, text }) => (type === 'output_text' ? text : '')).join(''),
    thinking: items
      .flatMap(({ type, summary }) => (type === 'reasoning' ? summary.map(({ text }: Json) => text) : []))
      .join(''),
    calls,
    end: isRefused ? 'refused' : isCut ? 'cut' : isOver ? over : 'broken',
    usage: {
      input: usage.input_tokens,
      cacheRead: usage.input_tokens_details.cached_tokens,
      output: usage.output_tokens,
      thinking: usage.output_tokens_details.reasoning_tokens,
    },
  };
}
