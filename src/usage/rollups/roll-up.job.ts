import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Recurring } from '../../platform/recurring.js';
import { LockTimeoutError, StateStore } from '../../platform/state/state-store.js';
import { RollUp } from './roll-up.service.js';
import { UsageRetention } from './usage-retention.service.js';

const TICK_MS = 60_000;
/** What is left is done by the next run: sums come first again. */
const LONGEST_RUN_MS = 45_000;
const LOCK = 'usage-roll-up';
/** One replica at a time is enough; two at once would do no harm. */
const LOCK_TIMES = { holdMs: 2 * LONGEST_RUN_MS, waitMs: 0 };

/** Sums usage up and deletes what is old, a little at a time. */
@Injectable()
export class RollUpJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Usage');
  private readonly recurring = new Recurring(TICK_MS, () => this.run());
  private isWorking = true;

  constructor(
    private readonly rollUp: RollUp,
    private readonly retention: UsageRetention,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.recurring.stop();
  }

  /** Does what is due. Never rejects; what fails is tried again by the next run. */
  async run(): Promise<void> {
    const until = this.clock.now() + LONGEST_RUN_MS;
    const isStopping = () => this.recurring.isStopped || this.clock.now() >= until;
    try {
      await this.state.withLock(LOCK, LOCK_TIMES, async () => {
        // An hour that can't be summed up keeps its own requests only.
        const [summed, deleted] = [
          await settled(this.rollUp.sumUpDue(isStopping)),
          await settled(this.retention.deleteDue(isStopping)),
        ];
        for (const result of [summed, deleted]) if (result.status === 'rejected') throw result.reason;
      });
      this.worked();
    } catch (error) {
      if (!(error instanceof LockTimeoutError)) this.failed(error);
    }
  }

  private worked(): void {
    if (!this.isWorking) this.logger.log('Usage is summed up again');
    this.isWorking = true;
  }

  private failed(error: unknown): void {
    if (this.isWorking)
      this.logger.warn({ msg: 'Usage cannot be summed up; it is read from the requests until then', err: error });
    this.isWorking = false;
  }
}

async function settled(work: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}
