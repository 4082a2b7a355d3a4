import { EventParser } from '../../src/core/protocols/sse/event-parser.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

export interface StreamedEvent {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: events of a stream under test, looked into at any depth
  [key: string]: any;
}

export const QUESTION = { model: 'claude-sonnet-5', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };

/** Posts to `/v1/messages` with a good key; anything may be overridden. */
export function post(
  gateway: RunningGateway,
  body: unknown,
  init: RequestInit & { path?: string } = {},
): Promise<Response> {
  const { path = '/v1/messages', headers, ...rest } = init;
  return fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...(headers as Record<string, string>) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...rest,
  });
}

/** Reads a stream to its end, as bytes arrive; the names of events must equal their types. */
export async function readEvents(response: Response): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  const parser = new EventParser();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (const { name, data } of parser.push(chunk)) {
      const event: StreamedEvent = JSON.parse(data);
      if (event.type !== name) throw new Error(`event ${name} carries type ${event.type}`);
      events.push(event);
    }
  }
  return events;
}

/** Streams one answer. */
export async function streamed(gateway: RunningGateway, body: object = {}): Promise<StreamedEvent[]> {
  return readEvents(await post(gateway, { ...QUESTION, stream: true, ...body }));
}

/** The text of a streamed answer. */
export function textOf(events: StreamedEvent[]): string {
  return events.map((event) => event.delta?.text ?? '').join('');
}

/** Waits until a condition holds, for at most ten seconds; for what happens right after an answer's end. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the condition did not come true within ten seconds');
}
