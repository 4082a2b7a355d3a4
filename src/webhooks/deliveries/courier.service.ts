import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SYSTEM } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { Recurring } from '../../platform/recurring.js';
import { whileClosing } from '../../platform/while-closing.js';
import { Receivers } from '../receivers/receivers.service.js';
import type { SendResult } from '../receivers/send-event.js';
import { WebhookRepository } from '../webhook.repository.js';
import type { DeliveryEntity } from './delivery.entity.js';
import { type AttemptEnd, type Claim, DeliveryRepository, type Waiting } from './delivery.repository.js';
import { Outbox } from './outbox.service.js';
import { retryTime } from './retry-time.js';

const TICK_MS = 2_000;
const MOST_AT_ONCE = 8;
/** Events for one receiver, one after the other, before it is looked who else waits. */
const MOST_PER_TURN = 20;
/** None of them begins after that: slow receivers that take every event would keep their places for minutes. */
const LONGEST_TURN_MS = 5_000;
/** Longer than an attempt and the statements around it: then whoever claimed it is believed to be dead. */
const CLAIM_MS = 60_000;
const GONE = 410;
/** Between two warnings. */
const QUIET_MS = 60_000;

/**
 * Brings events to their receivers: at most eight at once and one to each, so that a slow one holds up itself alone. A row
 * is claimed before it is sent; one whose claimer died is due again a minute later, so that an event may arrive twice.
 */
@Injectable()
export class Courier implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly recurring = new Recurring(TICK_MS, () => this.run());
  /** By webhook. */
  private readonly running = new Map<string, Promise<void>>();
  /** By webhook, in what order they had their last turn; of those that have something waiting. */
  private turns: ReadonlyMap<string, number> = new Map();
  private lastTurn = 0;
  private readonly closing = new AbortController();
  private looking?: Promise<void>;
  private isWanted = false;
  private warnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly outbox: Outbox,
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
    private readonly receivers: Receivers,
    private readonly audit: AuditLog,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  onApplicationBootstrap(): void {
    this.outbox.onPut(() => void this.run());
    this.recurring.start();
  }

  /** Begins nothing new. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.recurring.stop(), whileClosing(this.looking)]);
  }

  /** What still runs is sent again by whoever lives. */
  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    await whileClosing(Promise.all(this.running.values()));
  }

  /** Begins what is due, as far as there is room; the end of each attempt looks again. Never rejects. */
  run(): Promise<void> {
    this.isWanted = true;
    this.looking ??= this.lookUntilDone().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookUntilDone(): Promise<void> {
    while (this.isWanted && !this.recurring.isStopped) {
      this.isWanted = false;
      try {
        await this.begin();
      } catch (error) {
        this.failed(error);
        return;
      }
    }
  }

  private async begin(): Promise<void> {
    const waiting = await this.deliveries.waiting(new Date(this.clock.now()));
    this.metrics.waitingWebhookDeliveries(waiting.reduce((sum, each) => sum + each.waiting, 0));
    const turns = new Map(waiting.map(({ webhookId }) => [webhookId, this.turns.get(webhookId) ?? 0]));
    this.turns = turns;
    const due = waiting.filter((each) => each.due > 0 && !this.running.has(each.webhookId));
    const turnOf = ({ webhookId }: Waiting) => turns.get(webhookId) ?? 0;
    for (const { webhookId } of due.sort((one, other) => turnOf(one) - turnOf(other))) {
      if (this.running.size >= MOST_AT_ONCE || this.recurring.isStopped) return;
      turns.set(webhookId, ++this.lastTurn);
      const turn = this.serve(webhookId).then((isServed) => {
        this.running.delete(webhookId);
        // Else at the next tick: what failed here fails at once again.
        if (isServed) void this.run();
      });
      this.running.set(webhookId, turn);
    }
  }

  /** One turn: some events, or until one does not arrive, or took long. @returns false when the database failed; never rejects */
  private async serve(webhookId: string): Promise<boolean> {
    try {
      const began = this.clock.now();
      for (let sent = 0; sent < MOST_PER_TURN && !this.recurring.isStopped; sent++) {
        if (!(await this.deliver(webhookId)) || this.clock.now() - began > LONGEST_TURN_MS) break;
      }
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** @returns whether an event arrived */
  private async deliver(webhookId: string): Promise<boolean> {
    const webhook = await this.webhooks.findWithSecrets(webhookId);
    const delivery = webhook?.enabled ? await this.deliveries.nextOf(webhookId, new Date(this.clock.now())) : null;
    if (!webhook || !delivery) return false;
    if (!(await this.deliveries.claim(delivery, new Date(this.clock.now() + CLAIM_MS)))) return false;
    const claim: Claim = { ...delivery, attempts: delivery.attempts + 1 };
    const event = { id: delivery.eventId, body: delivery.body };
    const result = await this.receivers.tell(webhook, event, this.closing.signal);
    if (this.closing.signal.aborted && result.error !== null) {
      await this.deliveries.giveBack(claim, new Date(this.clock.now()));
      return false;
    }
    await this.end(claim, delivery, result);
    return result.error === null;
  }

  private async end(claim: Claim, { createdAt }: DeliveryEntity, result: SendResult): Promise<void> {
    const isGone = result.status === GONE;
    const end = this.endOf(claim, createdAt, result);
    if (!(await this.deliveries.end(claim, end))) return;
    this.metrics.webhookDeliveries(end.state === 'waiting' ? 'retried' : end.state, 1);
    if (isGone) await this.disable(claim.webhookId);
  }

  private endOf({ attempts }: Claim, createdAt: Date, { status, error, retryAfter }: SendResult): AttemptEnd {
    const now = this.clock.now();
    const ended = { status, error, nextAt: new Date(now), endedAt: new Date(now) };
    if (error === null) return { ...ended, state: 'delivered' };
    const failed = { attempts, createdAt: createdAt.getTime(), retryAfter };
    const retryAt = status === GONE ? undefined : retryTime(failed, now, this.chance.next());
    if (retryAt === undefined) return { ...ended, state: 'given_up' };
    return { status, error, state: 'waiting', nextAt: new Date(retryAt), endedAt: null };
  }

  /** Its receiver said that it is gone for good. */
  private async disable(id: string): Promise<void> {
    const now = new Date(this.clock.now());
    if (!(await this.webhooks.disable(id, now))) return;
    this.logger.warn({ msg: `Webhook ${id} is disabled: its receiver answered ${GONE}`, webhook: id });
    const details = { enabled: { from: true, to: false }, status: GONE };
    await this.audit.record({ actor: SYSTEM, action: 'webhook.update', target: id, details });
    this.metrics.webhookDeliveries('given_up', await this.deliveries.giveUp({ webhookId: id }, now));
  }

  private failed(error: unknown): void {
    const now = this.clock.now();
    if (Math.abs(now - this.warnedAt) < QUIET_MS) return;
    this.warnedAt = now;
    this.logger.warn({ msg: 'Webhooks cannot be delivered now; it is tried again', err: error });
  }
}
