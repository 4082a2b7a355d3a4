import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import type { PagePosition } from '../../auth/input/page-cursor.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { LockTimeoutError, StateStore } from '../../platform/state/state-store.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { ReceiverRules } from '../receivers/receiver-rules.js';
import { formatSecret, SECRET_BYTES } from '../receivers/signature.js';
import type { Webhook, WebhookSecrets, WebhookSettings } from '../webhook.js';
import { WebhookRepository } from '../webhook.repository.js';
import { WEBHOOK_EVENTS } from '../webhook-event.js';

export const MOST_WEBHOOKS = 50;
/** One change at a time: two at once could make one too many, or bring an older secret back. */
const LOCK = { name: 'webhooks', times: { holdMs: 10_000, waitMs: 20_000 } };
/** What the path of a request holds may be anything; an id never is. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Makes, changes and deletes webhooks as an administrator says. */
@Injectable()
export class WebhookEditor {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly rules: ReceiverRules,
    private readonly audit: AuditLog,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  /** The oldest first, those after `position` only. */
  list(position: PagePosition | undefined, limit: number): Promise<Webhook[]> {
    return this.webhooks.list(position, limit);
  }

  /** @throws GatewayError `not_found` */
  async get(id: string): Promise<Webhook> {
    const webhook = ID.test(id) ? await this.webhooks.find(id) : undefined;
    if (!webhook) throw notFound(id);
    return webhook;
  }

  /**
   * What became of events, the newest first, those before `position` only.
   * @throws GatewayError `not_found`
   */
  async listDeliveries(id: string, position: PagePosition | undefined, limit: number): Promise<DeliveryEntity[]> {
    await this.get(id);
    return this.deliveries.list(id, position, limit);
  }

  /** @throws GatewayError `not_found` */
  async getWithSecrets(id: string): Promise<Webhook & WebhookSecrets> {
    const webhook = ID.test(id) ? await this.webhooks.findWithSecrets(id) : undefined;
    if (!webhook) throw notFound(id);
    return webhook;
  }

  /**
   * @param secret undefined: one is made
   * @throws GatewayError `invalid_request` for a URL that may not be asked; `conflict` when there are too many
   */
  create(settings: WebhookSettings, secret: string | undefined, actor: Actor) {
    this.refuseUrl(settings.url);
    return this.alone(async () => {
      if ((await this.webhooks.count()) >= MOST_WEBHOOKS) {
        throw new GatewayError(
          'conflict',
          `There are ${MOST_WEBHOOKS} webhooks already, which is the most there can be.`,
        );
      }
      const now = new Date(this.clock.now());
      const webhook: Webhook & WebhookSettings = {
        ...inOrder(settings),
        id: randomUUID(),
        lastDelivery: null,
        createdAt: now,
        updatedAt: now,
      };
      const made = secret ?? newSecret();
      await this.webhooks.insert(webhook, made);
      const details = audited(settings);
      await this.audit.record({ actor, action: 'webhook.create', target: webhook.id, details });
      return { webhook, secret: made };
    });
  }

  /**
   * What is as wanted already is no change: nothing is written then.
   * @throws GatewayError `not_found`; `invalid_request` for a URL that may not be asked
   */
  update(id: string, wanted: Partial<WebhookSettings>, actor: Actor): Promise<Webhook> {
    if (wanted.url !== undefined) this.refuseUrl(wanted.url);
    return this.alone(async () => {
      const before = await this.get(id);
      const changes = changesOf(before, inOrder(wanted));
      if (Object.keys(changes).length === 0) return before;
      const updatedAt = new Date(this.clock.now());
      if (!(await this.webhooks.change(id, changes, updatedAt))) throw notFound(id);
      const after = { ...before, ...changes, updatedAt };
      const [from, to] = [audited(before), audited(after)];
      const fields = Object.keys(changes).map((name) => [name, { from: from[name], to: to[name] }]);
      await this.audit.record({ actor, action: 'webhook.update', target: id, details: Object.fromEntries(fields) });
      return after;
    });
  }

  /**
   * Gives the webhook another secret.
   * @param overlapSeconds for so long events are signed with the one before as well
   * @throws GatewayError `not_found`
   */
  rotate(id: string, secret: string | undefined, overlapSeconds: number, actor: Actor) {
    return this.alone(async () => {
      const before = await this.getWithSecrets(id);
      const now = this.clock.now();
      const made = secret ?? newSecret();
      const previous =
        overlapSeconds > 0 ? { secret: before.secret, expiresAt: new Date(now + overlapSeconds * 1000) } : null;
      const updatedAt = new Date(now);
      if (!(await this.webhooks.changeSecrets(id, { secret: made, previous }, updatedAt))) throw notFound(id);
      await this.audit.record({ actor, action: 'webhook.rotate', target: id, details: { overlapSeconds } });
      const { secret: _secret, previous: _previous, ...webhook } = before;
      return { webhook: { ...webhook, updatedAt }, secret: made };
    });
  }

  /** @throws GatewayError `not_found` */
  delete(id: string, actor: Actor): Promise<void> {
    return this.alone(async () => {
      const before = await this.get(id);
      if (!(await this.webhooks.delete(id))) throw notFound(id);
      await this.audit.record({ actor, action: 'webhook.delete', target: id, details: audited(before) });
      await this.deliveries.deleteOf(id);
    });
  }

  private refuseUrl(url: string): void {
    const problem = this.rules.problemOf(url);
    if (problem !== undefined) throw invalidInput([{ path: 'url', message: `url ${problem}` }]);
  }

  /** @throws GatewayError `unavailable` when the changes before it take too long */
  private async alone<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await this.state.withLock(LOCK.name, LOCK.times, change);
    } catch (cause) {
      if (!(cause instanceof LockTimeoutError)) throw cause;
      const message = 'Another change of a webhook is under way. Nothing was changed.';
      throw new GatewayError('unavailable', message, { cause });
    }
  }
}

/** Events in their one order, as they are shown. */
function inOrder<Settings extends Partial<WebhookSettings>>(settings: Settings): Settings {
  const { events } = settings;
  return events ? { ...settings, events: WEBHOOK_EVENTS.filter((event) => events.includes(event)) } : settings;
}

function changesOf(before: Webhook, wanted: Partial<WebhookSettings>): Partial<WebhookSettings> {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== undefined && !isDeepStrictEqual(value, known.get(name))),
  );
}

/** Of the URL where it leads only: the rest of it may be a secret. */
function audited({ url, events, enabled, description }: Pick<Webhook, keyof WebhookSettings>): Record<string, unknown> {
  return { url: url && new URL(url).origin, events, enabled, description };
}

function newSecret(): string {
  return formatSecret(randomBytes(SECRET_BYTES));
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `There is no webhook '${id.slice(0, 100)}'.`);
}
