import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { Recurring } from '../../platform/recurring.js';
import { WebhookRepository } from '../webhook.repository.js';
import { LONGEST_WAIT_MS } from './delivery.js';
import { DeliveryRepository } from './delivery.repository.js';

const EVERY_MS = 300_000;
const KEPT_MS = 7 * 24 * 3_600_000;
/** Of each webhook, of those that ended. */
const MOST_KEPT = 1_000;

/** Gives up what waited for a day, in a clock that was set back too, and forgets what ended a week ago. Several replicas may do so at once. */
@Injectable()
export class DeliveryCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Webhooks');
  private readonly recurring = new Recurring(EVERY_MS, () => this.run());

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop();
  }

  /** Never rejects; what fails is tried again five minutes later. */
  async run(): Promise<void> {
    const now = this.clock.now();
    try {
      await this.deliveries.renew(new Date(now + EVERY_MS), new Date(now));
      const createdBefore = new Date(now - LONGEST_WAIT_MS);
      const givenUp = await this.deliveries.giveUp({ createdBefore }, new Date(now));
      this.metrics.webhookDeliveries('given_up', givenUp);
      await this.deliveries.deleteOld(new Date(now - KEPT_MS));
      for (const id of await this.webhooks.ids()) await this.deliveries.keepNewest(id, MOST_KEPT);
    } catch (error) {
      this.logger.warn({ msg: 'Old deliveries of webhooks are not deleted', err: error });
    }
  }
}
