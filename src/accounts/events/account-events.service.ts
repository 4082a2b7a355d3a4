import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import { type AccountEvent, formatAccountEvent, parseAccountEvent } from './account-event.js';

const CHANNEL = 'account-events';

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;
/** What is told of a change; the time is added. */
export type ToldChange = WithoutTime<AccountEvent>;

/** Tells of changes of accounts, in every replica whoever made them. A hint: one that is missed is not told again. */
@Injectable()
export class AccountEvents {
  private readonly listeners = new Set<(event: AccountEvent) => void>();

  constructor(
    private readonly stateStore: StateStore,
    private readonly clock: Clock,
  ) {
    stateStore.subscribe(CHANNEL, (message) => {
      const event = this.listeners.size > 0 ? parseAccountEvent(message) : undefined;
      if (event) this.tell(event);
    });
  }

  /** What this replica alone knows; never throws. */
  publish(change: ToldChange): void {
    this.stateStore.publish(CHANNEL, formatAccountEvent(this.dated(change)));
  }

  /** What every replica sees for itself. */
  tellHere(change: ToldChange): void {
    if (this.listeners.size > 0) this.tell(this.dated(change));
  }

  /** @returns ends it */
  listen(listener: (event: AccountEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private dated(change: ToldChange): AccountEvent {
    return { ...change, at: new Date(this.clock.now()).toISOString() };
  }

  private tell(event: AccountEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
