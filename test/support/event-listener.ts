import type { AccountEvent } from '../../src/accounts/events/account-event.js';
import { EventParser } from '../../src/core/protocols/sse/event-parser.js';
import { eventually } from './ask.js';
import { ADMIN_KEY, type RunningGateway } from './start-gateway.js';

/** Listens to `GET /v2/events`. */
export class EventListener {
  /** Every event so far but `ready`. */
  readonly events: AccountEvent[] = [];
  /** As it was read. */
  text = '';
  hasEnded = false;
  private readonly hangUp = new AbortController();

  /** Connected, and told so. */
  static async connect(gateway: RunningGateway, key = ADMIN_KEY): Promise<EventListener> {
    const listener = new EventListener();
    const signal = listener.hangUp.signal;
    const response = await fetch(`${gateway.url}/v2/events`, { headers: { 'x-api-key': key }, signal });
    if (response.status !== 200) throw new Error(`events are answered with ${response.status}`);
    void listener.read(response).catch(() => undefined);
    await eventually(() => listener.text.includes('event: ready'));
    return listener;
  }

  close(): void {
    this.hangUp.abort();
  }

  private async read(response: Response): Promise<void> {
    const parser = new EventParser();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      this.text += Buffer.from(chunk).toString();
      for (const { name, data } of parser.push(chunk)) {
        if (name !== 'ready') this.events.push(JSON.parse(data) as AccountEvent);
      }
    }
    this.hasEnded = true;
  }
}
