/** A piece of an answer's body: bytes as one write, a pause in milliseconds, or the end of all writing. */
export type BodyStep = string | Uint8Array | { pause: number } | 'reset' | 'silence';

/** What is answered, byte by byte. */
export interface EndpointAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: readonly BodyStep[];
  /** Before the head. */
  latencyMs?: number;
}

/** Bodies of the API. */
export interface MessagesBody {
  model: string;
  max_tokens: number;
  messages: { role: string; content: unknown }[];
  stream?: boolean;
  [field: string]: unknown;
}

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };
const JSON_BODY = { 'content-type': 'application/json' };

/** A stream of these pieces, each one write. */
export function streamOf(...body: BodyStep[]): EndpointAnswer {
  return { headers: EVENT_STREAM, body };
}

/** A JSON answer of exactly this text. */
export function jsonOf(text: string | Uint8Array, headers: Record<string, string> = {}): EndpointAnswer {
  return { headers: { ...JSON_BODY, ...headers }, body: [text] };
}

/** An error in the API's form. */
export function errorOf(
  status: number,
  type: string,
  message: string,
  more: { headers?: Record<string, string>; details?: object } = {},
): EndpointAnswer {
  const error = { type, message, ...(more.details && { details: more.details }) };
  const body = JSON.stringify({ type: 'error', error, request_id: 'req_simulated' });
  return { status, headers: { ...JSON_BODY, ...more.headers }, body: [body] };
}

/** One event as the API writes it. */
export function eventOf(data: { type: string; [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const USAGE = { input_tokens: 11, cache_creation_input_tokens: 0, cache_read_input_tokens: 3, output_tokens: 1 };

/** The events of one text, a ping among them. */
export function textEvents(model: string, pieces: readonly string[], stopReason = 'end_turn'): string[] {
  const message = { id: 'msg_simulated', type: 'message', role: 'assistant', model, content: [] };
  const nothing = { stop_reason: null, stop_sequence: null };
  return [
    eventOf({ type: 'message_start', message: { ...message, ...nothing, usage: USAGE } }),
    eventOf({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    eventOf({ type: 'ping' }),
    ...pieces.map((text) => eventOf({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    eventOf({ type: 'content_block_stop', index: 0 }),
    eventOf({
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    eventOf({ type: 'message_stop' }),
  ];
}

/** What a model would say: it repeats the last text it was told. */
export function usualAnswer({ model, stream, messages }: MessagesBody): EndpointAnswer {
  const text = `You said: ${lastText(messages)}`;
  if (stream) return streamOf(...textEvents(model, text.match(/.{1,8}/gsu) ?? ['']));
  const content = [{ type: 'text', text }];
  const end = { stop_reason: 'end_turn', stop_sequence: null, usage: { ...USAGE, output_tokens: 7 } };
  return jsonOf(JSON.stringify({ id: 'msg_simulated', type: 'message', role: 'assistant', model, content, ...end }));
}

function lastText(messages: MessagesBody['messages']): string {
  const content = messages.at(-1)?.content;
  if (typeof content === 'string') return content;
  const texts = Array.isArray(content) ? content.filter((block) => block?.type === 'text') : [];
  return texts.at(-1)?.text ?? '';
}
