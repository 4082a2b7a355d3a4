import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { PagePosition } from '../auth/input/page-cursor.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { WebhookEntity } from './webhook.entity.js';
import type { LastDelivery, Webhook, WebhookSecrets, WebhookSettings } from './webhook.js';
import { WEBHOOK_EVENTS } from './webhook-event.js';

/** The stored webhooks. One statement each. */
@Injectable()
export class WebhookRepository {
  private readonly rows: Repository<WebhookEntity>;

  constructor(
    dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(WebhookEntity);
  }

  count(): Promise<number> {
    return this.rows.count();
  }

  async insert({ lastDelivery: _none, ...webhook }: Webhook & WebhookSettings, secret: string): Promise<void> {
    const { id, url } = webhook;
    await this.rows.insert({ ...webhook, url: this.seal(url, id), secret: this.seal(secret, id) });
  }

  /** Of those that are enabled, what each wants to be told. Nothing is decrypted: one that can't be holds up no other. */
  async subscriptions(): Promise<{ id: string; events: readonly string[] }[]> {
    return this.rows.find({ select: { id: true, events: true }, where: { enabled: true } });
  }

  async ids(): Promise<string[]> {
    const rows = await this.rows.find({ select: { id: true } });
    return rows.map(({ id }) => id);
  }

  /** The oldest first; with a position, those after it only. */
  async list(position: PagePosition | undefined, limit: number): Promise<Webhook[]> {
    const query = this.rows.createQueryBuilder('webhook');
    if (position) {
      query.where('webhook.createdAt > :at OR (webhook.createdAt = :at AND webhook.id > :id)', {
        at: position.createdAt.getTime(),
        id: position.id,
      });
    }
    const rows = await query.orderBy('webhook.createdAt').addOrderBy('webhook.id').limit(limit).getMany();
    return rows.map((row) => this.webhookOf(row));
  }

  async find(id: string): Promise<Webhook | undefined> {
    const row = await this.rows.findOneBy({ id });
    return row ? this.webhookOf(row) : undefined;
  }

  /** @throws when it was encrypted with a key that is not known */
  async findWithSecrets(id: string): Promise<(Webhook & WebhookSecrets) | undefined> {
    const row = await this.rows.findOneBy({ id });
    if (!row) return undefined;
    const { previousSecret, previousExpiresAt } = row;
    const previous =
      previousSecret !== null && previousExpiresAt !== null
        ? { secret: this.open(previousSecret, id), expiresAt: previousExpiresAt }
        : null;
    return { ...this.webhookOf(row), url: this.open(row.url, id), secret: this.open(row.secret, id), previous };
  }

  /** @returns whether it is there still */
  async change(id: string, { url, ...changes }: Partial<WebhookSettings>, updatedAt: Date): Promise<boolean> {
    const values = { ...changes, ...(url !== undefined && { url: this.seal(url, id) }), updatedAt };
    const { affected } = await this.rows.update({ id }, values);
    return affected === 1;
  }

  /** @returns whether it is there still */
  async changeSecrets(
    id: string,
    { secret, previous }: Omit<WebhookSecrets, 'url'>,
    updatedAt: Date,
  ): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id },
      {
        secret: this.seal(secret, id),
        previousSecret: previous && this.seal(previous.secret, id),
        previousExpiresAt: previous?.expiresAt ?? null,
        updatedAt,
      },
    );
    return affected === 1;
  }

  /** Only if it is enabled. @returns whether it was */
  async disable(id: string, updatedAt: Date): Promise<boolean> {
    const { affected } = await this.rows.update({ id, enabled: true }, { enabled: false, updatedAt });
    return affected === 1;
  }

  async noteDelivery(id: string, { at, status, error }: LastDelivery): Promise<void> {
    await this.rows.update({ id }, { lastAt: at, lastStatus: status, lastError: error });
  }

  /** @returns whether it was there */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id });
    return affected === 1;
  }

  private webhookOf(row: WebhookEntity): Webhook {
    const { id, events, enabled, description, lastAt, lastStatus, lastError, createdAt, updatedAt } = row;
    return {
      id,
      url: this.readable(row.url, id),
      events: WEBHOOK_EVENTS.filter((event) => events.includes(event)),
      enabled,
      description,
      lastDelivery: lastAt && { at: lastAt, status: lastStatus, error: lastError },
      createdAt,
      updatedAt,
    };
  }

  private seal(plain: string, id: string): string {
    return this.encryption.encrypt(plain, id);
  }

  /** One that can't be decrypted is shown and deleted like the others. */
  private readable(sealed: string, id: string): string | null {
    try {
      return this.open(sealed, id);
    } catch {
      return null;
    }
  }

  private open(sealed: string, id: string): string {
    return this.encryption.decrypt(sealed, id);
  }
}
