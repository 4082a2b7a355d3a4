import { Injectable } from '@nestjs/common';
import type { BreakerSnapshot } from '../../core/pool/breaker.js';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import { Claims } from '../health/claims.service.js';
import { type BreakerMessage, formatBreakerMessage, parseBreakerMessage } from './breaker-message.js';

const CHANNEL = 'breaker';
/** After it is of no more use: replicas that were away for so long find out by themselves. */
const REMEMBERED_S = 24 * 3600;
/** Replicas find within a second or two that a probe is due, and their clocks differ by a little. */
const EARLY_PROBE_S = 60;
/** Breakers asked for at once. */
const BATCH_SIZE = 500;

/** What the replicas know of breakers together: each change, and who has the trial. Never rejects. */
@Injectable()
export class SharedBreakers {
  constructor(
    private readonly stateStore: StateStore,
    private readonly claims: Claims,
    private readonly clock: Clock,
  ) {}

  /** Told to all at once, and kept for those that start later. */
  tell(told: BreakerMessage): void {
    this.keep(told);
    this.stateStore.publish(CHANNEL, formatBreakerMessage(told));
  }

  /** Kept only. */
  keep({ id, snapshot }: BreakerMessage): void {
    const seconds = Math.max(0, Math.ceil((snapshot.openUntil - this.clock.now()) / 1000)) + REMEMBERED_S;
    void this.stateStore.remember(keyOf(id), formatBreakerMessage({ id, snapshot }), seconds);
  }

  /** Called with what this and other replicas tell, from now on. */
  onTold(listener: (told: BreakerMessage) => void): void {
    this.stateStore.subscribe(CHANNEL, (text) => {
      const told = parseBreakerMessage(text);
      if (told) listener(told);
    });
  }

  /** What is kept of these accounts' breakers; nothing of those that were closed for long. */
  async recall(ids: readonly string[]): Promise<ReadonlyMap<string, BreakerSnapshot>> {
    const kept = new Map<string, BreakerSnapshot>();
    for (let start = 0; start < ids.length; start += BATCH_SIZE) {
      const texts = await this.stateStore.recall(ids.slice(start, start + BATCH_SIZE).map(keyOf));
      for (const text of texts) {
        const found = text === undefined ? undefined : parseBreakerMessage(text);
        if (found) kept.set(found.id, found.snapshot);
      }
    }
    return kept;
  }

  /** @returns whether this replica has the one trial now, for at most `seconds` */
  claimTrial(id: string, seconds: number): Promise<boolean> {
    return this.claims.take(trialOf(id), seconds);
  }

  /** @returns whether this replica is the one that sends this probe, by whatever name it has */
  claimEarlyProbe(id: string, probe: string): Promise<boolean> {
    return this.claims.take(`recovery:${id}:${probe}`, EARLY_PROBE_S);
  }

  /** The trial is over. */
  leaveTrial(id: string): void {
    void this.claims.giveBack(trialOf(id));
  }
}

const keyOf = (id: string) => `breaker:${id}`;
const trialOf = (id: string) => `breaker-trial:${id}`;
