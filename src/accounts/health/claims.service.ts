import { Injectable } from '@nestjs/common';
import { LockTimeoutError, StateStore } from '../../platform/state/state-store.js';

const LOCK = { holdMs: 10_000, waitMs: 2_000 };

/** What of several replicas only one shall do, once in a while. */
@Injectable()
export class Claims {
  constructor(private readonly stateStore: StateStore) {}

  /** @returns false when somebody took it less than `seconds` ago */
  async take(name: string, seconds: number): Promise<boolean> {
    const key = `claim:${name}`;
    try {
      return await this.stateStore.withLock(key, LOCK, async () => {
        const [taken] = await this.stateStore.recall([key]);
        if (taken !== undefined) return false;
        await this.stateStore.remember(key, '1', Math.max(1, Math.floor(seconds)));
        return true;
      });
    } catch (error) {
      if (error instanceof LockTimeoutError) return false;
      throw error;
    }
  }

  /** Somebody may take it at once. Never rejects. */
  giveBack(name: string): Promise<void> {
    return this.stateStore.forget([`claim:${name}`]);
  }
}
