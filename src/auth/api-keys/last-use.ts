import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import { Clock } from '../../platform/clock.js';
import { whileClosing } from '../../platform/while-closing.js';
import { ApiKeyRepository } from './api-key.repository.js';

const INTERVAL_MS = 60_000;
const MAX_KEYS = 10_000;

/** Writes down when a key was used, at most once a minute per key, and never in the way of a request. */
@Injectable()
export class LastUse implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LastUse.name);
  /** Key id → when its use was written last. */
  private readonly writtenAt = new LRUCache<string, number>(atMost(MAX_KEYS));

  private readonly writes = new Set<Promise<void>>();

  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly clock: Clock,
  ) {}

  record(keyId: string): void {
    const now = this.clock.now();
    const writtenAt = this.writtenAt.get(keyId);
    if (writtenAt !== undefined && now - writtenAt < INTERVAL_MS) return;
    this.writtenAt.set(keyId, now);
    const write = this.write(keyId, now).finally(() => this.writes.delete(write));
    this.writes.add(write);
  }

  /** Before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await whileClosing(Promise.all(this.writes));
  }

  private async write(keyId: string, now: number): Promise<void> {
    try {
      await this.repository.recordUse(keyId, new Date(now), new Date(now - INTERVAL_MS));
    } catch (error) {
      this.logger.warn(`The last use of API key ${keyId} was not written: ${(error as Error).message}`);
    }
  }
}
