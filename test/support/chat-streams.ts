import type { ChatCompletionChunk } from 'openai/resources/chat/completions';

type Choice = ChatCompletionChunk.Choice & { delta: { reasoning_content?: string } };

/** A chunk as a test looks into it; an error that ends a broken stream has `error` and nothing else. */
export type SentChunk = Omit<ChatCompletionChunk, 'choices'> & {
  choices: Choice[];
  error?: { message: string; type: string; param: string | null; code: string };
};

/** A stream of `POST /v1/chat/completions`, taken apart by its bytes. */
export interface ChatStream {
  /** Everything between blank lines. */
  frames: string[];
  /** Chunks and errors, in order. */
  chunks: SentChunk[];
  /** Choices of all chunks; the usage chunk has none. */
  choices: Choice[];
  /** Deltas of tool calls. */
  calls: ChatCompletionChunk.Choice.Delta.ToolCall[];
  isDone: boolean;
}

/** Takes any bytes: what is wrong with them is for a test to find. */
export function readChatStream(bytes: string): ChatStream {
  const frames = bytes.split('\n\n').filter((frame) => frame !== '');
  const data = frames.flatMap((frame) => /^data: (\{[^\n]*)$/m.exec(frame)?.[1] ?? []);
  const chunks = data.map((json): SentChunk => JSON.parse(json));
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
  return {
    frames,
    chunks,
    choices,
    calls: choices.flatMap(({ delta }) => delta?.tool_calls ?? []),
    isDone: frames.at(-1) === 'data: [DONE]',
  };
}

/** The text a stream spells. */
export function contentOf({ choices }: ChatStream): string {
  return choices.map(({ delta }) => delta.content ?? '').join('');
}

/** The message and the reason a stream spells, put together as the SDKs do it. */
export function messageOf({ choices }: ChatStream) {
  const message: Record<string, unknown> = {};
  const calls: { id?: string; type?: string; name: string; input: string }[] = [];
  for (const { delta } of choices) {
    for (const [key, value] of Object.entries(delta)) {
      if (key === 'tool_calls') continue;
      if (key === 'function_call') message[key] = join(message[key] as object, value as object);
      else message[key] = typeof message[key] === 'string' ? `${message[key]}${value}` : value;
    }
    for (const call of delta.tool_calls ?? []) {
      calls[call.index] ??= { id: call.id, type: call.type, name: '', input: '' };
      const sum = calls[call.index];
      const part = call.function ?? call.custom;
      if (!sum || !part) continue;
      sum.name += part.name ?? '';
      sum.input += ('arguments' in part ? part.arguments : (part as { input?: string }).input) ?? '';
    }
  }
  return { message, calls, finish_reason: choices.at(-1)?.finish_reason };
}

function join(before: Record<string, string> | object = {}, after: object): object {
  const sum: Record<string, string> = { ...(before as Record<string, string>) };
  for (const [key, value] of Object.entries(after)) sum[key] = (sum[key] ?? '') + value;
  return sum;
}
