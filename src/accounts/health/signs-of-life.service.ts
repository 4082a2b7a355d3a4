import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import { AccountDirectory } from '../account-directory.service.js';

/** Other replicas are told of an account's successes at most this often: this stands on the path of every request. */
const SHARE_MS = 15_000;
/** Longer than any probe interval matters. */
const REMEMBERED_S = 24 * 3600;

interface Life {
  workedAt: number;
  sharedAt: number;
}

/** When a real request last succeeded on each account, a client's or a probe, here or on another replica. */
@Injectable()
export class SignsOfLife {
  private readonly lives = new Map<string, Life>();

  constructor(
    private readonly stateStore: StateStore,
    private readonly clock: Clock,
    directory: AccountDirectory,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.lives.keys()) if (!accounts.has(id)) this.lives.delete(id);
    });
  }

  /** It worked just now. */
  note(id: string): void {
    const now = this.clock.now();
    const life = this.lives.get(id);
    if (life) life.workedAt = now;
    if (life && now - life.sharedAt < SHARE_MS) return;
    this.lives.set(id, { workedAt: now, sharedAt: now });
    void this.stateStore.remember(keyOf(id), String(now), REMEMBERED_S);
  }

  /** Epoch milliseconds, as far as this process knows; undefined: never. */
  lastHere(id: string): number | undefined {
    return this.lives.get(id)?.workedAt;
  }

  /** The same with what the other replicas told. */
  async last(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const shared = await this.stateStore.recall(ids.map(keyOf));
    const last = new Map<string, number>();
    ids.forEach((id, index) => {
      const there = Number(shared[index] ?? Number.NaN);
      const here = this.lastHere(id) ?? Number.NEGATIVE_INFINITY;
      const latest = Number.isFinite(there) ? Math.max(there, here) : here;
      if (Number.isFinite(latest)) last.set(id, latest);
    });
    return last;
  }
}

const keyOf = (id: string) => `account-worked:${id}`;
