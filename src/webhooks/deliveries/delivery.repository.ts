import { Inject, Injectable } from '@nestjs/common';
import { Brackets, DataSource, LessThanOrEqual, Not, type Repository } from 'typeorm';
import type { PagePosition } from '../../auth/input/page-cursor.js';
import { WebhookEntity } from '../webhook.entity.js';
import { DeliveryEntity } from './delivery.entity.js';
import type { DeliveryKey } from './delivery.js';

/** What one webhook has in the outbox. */
export interface Waiting {
  webhookId: string;
  waiting: number;
  /** Of those, how many may be sent now; none while it is disabled. */
  due: number;
}

/** An attempt that was claimed: another one of the same row is not this one. */
export interface Claim extends DeliveryKey {
  attempts: number;
}

/** What an attempt changed. */
export type AttemptEnd = Pick<DeliveryEntity, 'state' | 'nextAt' | 'status' | 'error' | 'endedAt'>;

/** The outbox. One statement each. */
@Injectable()
export class DeliveryRepository {
  private readonly rows: Repository<DeliveryEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(DeliveryEntity);
  }

  /** Events that are there already stay as they are. */
  async insert(rows: readonly DeliveryEntity[]): Promise<void> {
    if (rows.length > 0) {
      await this.rows
        .createQueryBuilder()
        .insert()
        .values([...rows])
        .orIgnore()
        .updateEntity(false)
        .execute();
    }
  }

  async waiting(now: Date): Promise<Waiting[]> {
    const found = await this.rows
      .createQueryBuilder('delivery')
      .select('delivery.webhookId', 'webhookId')
      .addSelect('COUNT(*)', 'waiting')
      .addSelect('SUM(CASE WHEN delivery.nextAt <= :now AND webhook.enabled = :enabled THEN 1 ELSE 0 END)', 'due')
      .innerJoin(WebhookEntity, 'webhook', 'webhook.id = delivery.webhookId')
      .where("delivery.state = 'waiting'")
      .setParameters({ now: now.getTime(), enabled: true })
      .groupBy('delivery.webhookId')
      .getRawMany<Record<keyof Waiting, string>>();
    return found.map(({ webhookId, waiting, due }) => ({ webhookId, waiting: Number(waiting), due: Number(due) }));
  }

  /** The one that is due for longest. */
  nextOf(webhookId: string, now: Date): Promise<DeliveryEntity | null> {
    return this.rows.findOne({
      where: { webhookId, state: 'waiting', nextAt: LessThanOrEqual(now) },
      order: { nextAt: 'ASC' },
    });
  }

  /** @returns false when somebody else was faster */
  async claim({ eventId, webhookId, attempts }: Claim, until: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      { eventId, webhookId, attempts, state: 'waiting' },
      { attempts: attempts + 1, nextAt: until },
    );
    return affected === 1;
  }

  /** @returns false when the claim was lost meanwhile, or the delivery is gone */
  async end({ eventId, webhookId, attempts }: Claim, values: AttemptEnd): Promise<boolean> {
    const { affected } = await this.rows.update({ eventId, webhookId, attempts, state: 'waiting' }, values);
    return affected === 1;
  }

  /** It was not sent after all. */
  async giveBack({ eventId, webhookId, attempts }: Claim, now: Date): Promise<void> {
    await this.rows.update({ eventId, webhookId, attempts, state: 'waiting' }, { attempts: attempts - 1, nextAt: now });
  }

  /** @returns how many there were */
  async giveUp(of: { webhookId: string } | { createdBefore: Date }, now: Date): Promise<number> {
    const query = this.rows.createQueryBuilder().update({ state: 'given_up', endedAt: now }).where("state = 'waiting'");
    if ('webhookId' in of) query.andWhere('webhook_id = :webhookId', of);
    else query.andWhere('created_at < :before', { before: of.createdBefore.getTime() });
    return (await query.execute()).affected ?? 0;
  }

  /** Begins anew what waits and was created after `latest`: the clock was set back since, by so much it would wait longer. */
  async renew(latest: Date, now: Date): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .update({ createdAt: now, nextAt: now })
      .where("state = 'waiting' AND created_at > :latest", { latest: latest.getTime() })
      .execute();
  }

  /** The oldest that wait go, as many as there are beyond this number. @returns how many */
  async dropBeyond(most: number): Promise<number> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .delete()
      .where(
        `(event_id, webhook_id) IN (SELECT event_id, webhook_id FROM webhook_deliveries WHERE state = 'waiting'
          ORDER BY created_at DESC, event_id DESC, webhook_id DESC LIMIT ${Number.MAX_SAFE_INTEGER} OFFSET ${most})`,
      )
      .execute();
    return affected ?? 0;
  }

  /** Of one webhook the newest first, those before `position` only. */
  list(webhookId: string, position: PagePosition | undefined, limit: number): Promise<DeliveryEntity[]> {
    const query = this.rows.createQueryBuilder('delivery').where('delivery.webhookId = :webhookId', { webhookId });
    if (position) {
      const { createdAt, id } = position;
      query.andWhere(
        new Brackets((before) =>
          before
            .where('delivery.createdAt < :at', { at: createdAt.getTime() })
            .orWhere('delivery.createdAt = :at AND delivery.eventId < :id', { at: createdAt.getTime(), id }),
        ),
      );
    }
    return query.orderBy('delivery.createdAt', 'DESC').addOrderBy('delivery.eventId', 'DESC').limit(limit).getMany();
  }

  async deleteOf(webhookId: string): Promise<void> {
    await this.rows.delete({ webhookId });
  }

  /** Of webhooks that are gone, and what ended before. */
  async deleteOld(endedBefore: Date): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .delete()
      .where("state <> 'waiting' AND created_at < :before", { before: endedBefore.getTime() })
      .orWhere('webhook_id NOT IN (SELECT id FROM webhooks)')
      .execute();
  }

  /** Of those of one webhook that ended, all but the newest. */
  async keepNewest(webhookId: string, most: number): Promise<void> {
    const [oldest] = await this.rows.find({
      where: { webhookId, state: Not('waiting') },
      order: { createdAt: 'DESC', eventId: 'DESC' },
      skip: most - 1,
      take: 1,
    });
    if (!oldest) return;
    await this.rows
      .createQueryBuilder()
      .delete()
      .where("webhook_id = :webhookId AND state <> 'waiting' AND created_at < :before", {
        webhookId,
        before: oldest.createdAt.getTime(),
      })
      .execute();
  }
}
