import { UsageWindow } from '../../core/limits/usage-window.js';
import type { Clock } from '../clock.js';
import type { NoPlace, Place, PlaceLimits } from './places.js';

/** Needs nobody else to be given back. */
export interface LocalPlace extends Place {
  leaveNow(): boolean;
}

interface Counts {
  taken: number;
  window: UsageWindow;
}

/** So many names, and those that nobody uses any more are looked for. */
const MOST_IDLE_NAMES = 1_000;

/** The places this process took. */
export class LocalPlaces {
  private readonly counts = new Map<string, Counts>();
  private sweepAt = MOST_IDLE_NAMES;

  constructor(private readonly clock: Clock) {}

  /** Names that are kept. */
  get size(): number {
    return this.counts.size;
  }

  /** Why there is no place, as far as this process knows; undefined: there is one. */
  refusal(name: string, { atOnce, perMinute }: PlaceLimits): NoPlace | undefined {
    const counts = this.counts.get(name);
    if (!counts) return undefined;
    if (atOnce !== undefined && counts.taken >= atOnce) return { limit: 'atOnce' };
    if (perMinute === undefined) return undefined;
    const now = this.clock.now();
    const freeInMs = counts.window.freeAt(perMinute, now) - now;
    return freeInMs > 0 ? { limit: 'perMinute', freeInMs } : undefined;
  }

  take(name: string, limits: PlaceLimits): { place: LocalPlace } | { refused: NoPlace } {
    const refused = this.refusal(name, limits);
    return refused ? { refused } : { place: this.add(name, limits) };
  }

  /** Counts one whether there is room or not: it was given out elsewhere. */
  add(name: string, { atOnce }: PlaceLimits): LocalPlace {
    const counts = this.of(name);
    counts.window.add(this.clock.now());
    // It counts in the minute only.
    if (atOnce === undefined) return { leaveNow: () => false, leave: async () => false };
    counts.taken++;
    let isLeft = false;
    const leaveNow = () => {
      if (isLeft) return false;
      isLeft = true;
      counts.taken--;
      return counts.taken === atOnce - 1;
    };
    return { leaveNow, leave: async () => leaveNow() };
  }

  private of(name: string): Counts {
    let counts = this.counts.get(name);
    if (!counts) {
      this.forgetIdle();
      counts = { taken: 0, window: new UsageWindow() };
      this.counts.set(name, counts);
    }
    return counts;
  }

  /** Names of accounts and keys that are gone; as many again have to come before the next search. */
  private forgetIdle(): void {
    if (this.counts.size < this.sweepAt) return;
    const now = this.clock.now();
    for (const [name, { taken, window }] of this.counts)
      if (taken === 0 && window.isIdle(now)) this.counts.delete(name);
    this.sweepAt = this.counts.size + MOST_IDLE_NAMES;
  }
}
