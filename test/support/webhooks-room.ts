import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountRepository } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { StatusRepository } from '../../src/accounts/health/status.repository.js';
import type { Pool } from '../../src/accounts/pool/pool.service.js';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { AuditChain } from '../../src/audit/audit-chain.service.js';
import { SYSTEM } from '../../src/audit/audit-event.js';
import { AuditLog } from '../../src/audit/audit-log.service.js';
import type { StoredStatus } from '../../src/core/pool/status-transition.js';
import { databaseSchema } from '../../src/database-schema.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { Chance } from '../../src/platform/chance.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { WebhookEditor } from '../../src/webhooks/admin/webhook-editor.service.js';
import { Courier } from '../../src/webhooks/deliveries/courier.service.js';
import { DeliveryRepository } from '../../src/webhooks/deliveries/delivery.repository.js';
import { DeliveryCleaner } from '../../src/webhooks/deliveries/delivery-cleaner.job.js';
import { Outbox } from '../../src/webhooks/deliveries/outbox.service.js';
import { AccountNews } from '../../src/webhooks/news/account-news.service.js';
import { SubjectRepository } from '../../src/webhooks/news/subject.repository.js';
import { ReceiverRules } from '../../src/webhooks/receivers/receiver-rules.js';
import { Receivers } from '../../src/webhooks/receivers/receivers.service.js';
import { WebhookRepository } from '../../src/webhooks/webhook.repository.js';
import { WEBHOOK_EVENTS } from '../../src/webhooks/webhook-event.js';
import type { TestDatabase } from './databases.js';
import { TestClock } from './test-clock.js';

Logger.overrideLogger(false);

class EvenChance extends Chance {
  override next(): number {
    return 0.5;
  }
}

interface RoomOptions {
  clock?: TestClock;
  /** Open already; default: one of its own. */
  dataSource?: DataSource;
}

/** Accounts and webhooks without a server or upstream: one replica, by hand. */
export async function openWebhooksRoom(database: TestDatabase, options: RoomOptions = {}) {
  const { clock = new TestClock(), dataSource = await database.open(databaseSchema.entities) } = options;
  const encryption = database.encryption();
  const configuration = readConfiguration({ ...database.environment, ALLOW_PRIVATE_ENDPOINTS: 'true' });
  const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), encryption), clock);
  const accounts = new AccountRepository(dataSource, encryption);
  const directory = new AccountDirectory(accounts, clock);
  const statuses = new StatusRepository(dataSource);
  const metrics = new Metrics();
  database.whenRemoved(() => metrics.onApplicationShutdown());
  const webhooks = new WebhookRepository(dataSource, encryption);
  const deliveries = new DeliveryRepository(dataSource);
  const subjects = new SubjectRepository(dataSource);
  const rules = new ReceiverRules(configuration);
  const receivers = new Receivers(rules, webhooks, clock);
  const outbox = new Outbox(webhooks, deliveries, metrics, clock);
  const recovering = new Set<string>();
  const pool = { isRecovering: (id: string) => recovering.has(id) } as unknown as Pool;
  const news = new AccountNews(directory, pool, subjects, outbox, clock);
  const courier = new Courier(outbox, deliveries, webhooks, receivers, audit, metrics, clock, new EvenChance());
  const cleaner = new DeliveryCleaner(deliveries, webhooks, metrics, clock);
  const editor = new WebhookEditor(webhooks, deliveries, rules, audit, new MemoryStateStore(clock), clock);
  return {
    clock,
    dataSource,
    directory,
    metrics,
    webhooks,
    deliveries,
    subjects,
    outbox,
    news,
    courier,
    cleaner,
    editor,
    rules,
    /** Accounts whose breaker is not closed. */
    recovering,

    async addAccount(id: string): Promise<void> {
      const secrets = { kind: 'oidc', refreshToken: id, clientId: id, clientSecret: id } as const;
      await accounts.insert([{ id, label: `The ${id}`, provider: 'amazonq', secrets }], new Date(clock.now()));
    },

    /** As another replica would, without a word to this one. */
    async setStatus(id: string, status: StoredStatus): Promise<void> {
      const before = await statuses.read(id);
      const now = new Date(clock.now());
      const fields = { status, statusReason: `it is ${status}`, statusSince: now, statusUntil: undefined };
      if (!before || !(await statuses.change(id, before.status, fields, now))) throw new Error(`${id} is not changed`);
    },

    /** Reads the accounts, and waits until what is found is told. */
    async look(): Promise<void> {
      await directory.reload();
      await news.look();
    },

    async addWebhook(url: string) {
      const settings = { url, events: [...WEBHOOK_EVENTS], enabled: true, description: null };
      const { webhook, secret } = await editor.create(settings, undefined, SYSTEM);
      return { ...webhook, secret };
    },
  };
}

export type WebhooksRoom = Awaited<ReturnType<typeof openWebhooksRoom>>;
