import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { ApiKeyRepository } from './api-key.repository.js';

const REFRESH_EVERY_MS = 10_000;

/** How many keys would be let in now, counted aside: health asks often and must cost no query (contract §5). */
@Injectable()
export class ActiveApiKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ActiveApiKeys.name);
  private timer: NodeJS.Timeout | undefined;
  private counted = 0;
  private counting = 0;

  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.counted;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      // A database that hangs gets no more to do.
      if (this.counting === 0) void this.refresh();
    }, REFRESH_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Never rejects: an old count is better than none. */
  async refresh(): Promise<void> {
    this.counting++;
    try {
      this.counted = await this.repository.countActive(new Date(this.clock.now()));
    } catch (error) {
      this.logger.warn(`API keys were not counted: ${(error as Error).message}`);
    } finally {
      this.counting--;
    }
  }
}
