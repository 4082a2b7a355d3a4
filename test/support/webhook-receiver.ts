import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';

export interface ReceivedEvent {
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: what was sent, looked into at any depth
  event: any;
}

type Answer = (response: ServerResponse, event: ReceivedEvent) => void;

/** An operator's service that is told of events, on this machine. */
export class WebhookReceiver {
  readonly received: ReceivedEvent[] = [];
  /** Connections so far. */
  connections = 0;
  answer: Answer = (response) => response.writeHead(204).end();
  private readonly server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const received = { headers: request.headers, body, event: body === '' ? undefined : JSON.parse(body) };
    this.received.push(received);
    this.answer(response, received);
  }).on('connection', () => {
    this.connections++;
  });

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?token=t`;
  }

  get types(): string[] {
    return this.received.map(({ event }) => event.type);
  }

  answerWith(status: number, headers: Record<string, string> = {}): void {
    this.answer = (response) => response.writeHead(status, headers).end('an answer');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Checks an event as a receiver would, by code that is not ours (Standard Webhooks); rejects when it is not signed so. */
export async function verified(
  { body, headers }: Pick<ReceivedEvent, 'body' | 'headers'>,
  secret: string,
): Promise<void> {
  const client = new OpenAI({ apiKey: 'none' });
  const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  await client.webhooks.verifySignature(body, new Headers(given), secret);
}
