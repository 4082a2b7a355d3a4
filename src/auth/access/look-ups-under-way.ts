import { addressGroup } from '../failed-attempts/address-group.js';

/** Look-ups of keys that have not come to their end, by the address they came from. */
export class LookUpsUnderWay {
  private readonly ends = new Map<string, Promise<void>>();

  /** When all that run now of an address are over; undefined: none runs. Never rejects. On the path of every request. */
  endOf(address: string): Promise<void> | undefined {
    return this.ends.size === 0 ? undefined : this.ends.get(addressGroup(address));
  }

  add(address: string, lookUp: Promise<unknown>): void {
    const group = addressGroup(address);
    const end = Promise.allSettled([this.ends.get(group), lookUp]).then(() => {
      if (this.ends.get(group) === end) this.ends.delete(group);
    });
    this.ends.set(group, end);
  }
}
