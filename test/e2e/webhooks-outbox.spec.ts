import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { SYSTEM } from '../../src/audit/audit-event.js';
import { databaseSchema } from '../../src/database-schema.js';
import { MOST_WAITING } from '../../src/webhooks/deliveries/outbox.service.js';
import { eventually } from '../support/ask.js';
import { describeOnEachSharedDatabase, type TestDatabase } from '../support/databases.js';
import { TestClock } from '../support/test-clock.js';
import { verified, WebhookReceiver } from '../support/webhook-receiver.js';
import { openWebhooksRoom, type WebhooksRoom } from '../support/webhooks-room.js';

const TABLES = ['webhooks', 'webhook_deliveries', 'webhook_subjects', 'accounts', 'audit_events', 'audit_ends'];
const HOUR_S = 3_600;

let receivers: WebhookReceiver[];

beforeEach(() => {
  receivers = [];
});
afterEach(async () => {
  await Promise.all(receivers.map((each) => each.close()));
});

async function receiver(): Promise<WebhookReceiver> {
  const started = await WebhookReceiver.start();
  receivers.push(started);
  return started;
}

const deliveriesOf = ({ deliveries }: WebhooksRoom, webhook: string) => deliveries.list(webhook, undefined, 100);

/** Sends what is due, and waits for the end of each attempt. */
async function deliver(room: WebhooksRoom): Promise<void> {
  await room.courier.run();
  await eventually(async () => {
    const now = room.clock.now();
    return (await room.deliveries.waiting(new Date(now))).every(({ due }) => due === 0) && !(await isClaimed(room));
  });
}

async function isClaimed({ dataSource, clock }: WebhooksRoom): Promise<boolean> {
  const claimed = await dataSource.query(
    `SELECT event_id FROM webhook_deliveries WHERE state = 'waiting' AND next_at = ${clock.now() + 60_000}`,
  );
  return claimed.length > 0;
}

const counted = async ({ metrics }: WebhooksRoom, outcome: string) =>
  Number(new RegExp(`deliveries_total{outcome="${outcome}"} (\\d+)`).exec(await metrics.registry.metrics())?.[1]);

/** One database for all, empty before each. */
function withEmptyTables(database: () => TestDatabase): { dataSource?: DataSource } {
  const shared: { dataSource?: DataSource } = {};
  beforeAll(async () => {
    shared.dataSource = await database().open(databaseSchema.entities);
  });
  beforeEach(async () => {
    for (const table of TABLES) await shared.dataSource?.query(`DELETE FROM ${table}`);
  });
  return shared;
}

describeOnEachSharedDatabase('what happens to accounts', (database) => {
  const dataSource = withEmptyTables(database);
  it('is told to every webhook that wants it, signed, and once though several replicas see it', async () => {
    const [one, other] = [
      await openWebhooksRoom(database(), dataSource),
      await openWebhooksRoom(database(), dataSource),
    ];
    const [all, picky] = [await receiver(), await receiver()];
    const { secret, id } = await one.addWebhook(all.url);
    const second = await one.addWebhook(picky.url);
    await one.webhooks.change(second.id, { events: ['pool.empty'] }, new Date());
    await one.addAccount('acc_1');
    await one.addAccount('acc_2');
    await Promise.all([one.look(), other.look()]);
    await one.setStatus('acc_1', 'suspended');
    await Promise.all([one.look(), other.look()]);
    await one.setStatus('acc_2', 'needs_login');
    await Promise.all([one.look(), other.look()]);
    await Promise.all([deliver(one), deliver(other)]);
    expect(all.types.toSorted()).toEqual(['account.needs_login', 'account.suspended', 'pool.empty']);
    expect(picky.types).toEqual(['pool.empty']);
    const suspended = all.received.find(({ event }) => event.type === 'account.suspended');
    expect(suspended?.event.data.account).toEqual({
      id: 'acc_1',
      label: 'The acc_1',
      status: 'suspended',
      reason: 'it is suspended',
      since: '2026-11-20T12:00:00.000Z',
    });
    expect(suspended?.headers['webhook-timestamp']).toBe(String(one.clock.now() / 1000));
    const [delivery] = await deliveriesOf(one, second.id);
    expect(delivery).toMatchObject({ type: 'pool.empty', state: 'delivered', attempts: 1, status: 204, error: null });
    expect(await one.webhooks.find(id)).toMatchObject({ lastDelivery: { status: 204, error: null } });
    // The receiver looks at its own clock.
    const room = await openWebhooksRoom(database(), { ...dataSource, clock: new TestClock(Date.now()) });
    await room.setStatus('acc_1', 'active');
    await room.look();
    await deliver(room);
    const last = all.received.filter(({ event }) => event.type === 'account.recovered');
    expect(last).toHaveLength(1);
    await Promise.all(last.map((each) => verified(each, secret)));
    await Promise.all(last.map((each) => expect(verified(each, second.secret)).rejects.toThrow()));
  });

  it('is found by the next process when the one that saw it died, and was not told when nobody listened yet', async () => {
    const before = await openWebhooksRoom(database(), dataSource);
    await before.addAccount('acc_1');
    await before.addAccount('acc_2');
    await before.setStatus('acc_2', 'disabled');
    await before.look();
    const told = await receiver();
    const { id } = await before.addWebhook(told.url);
    await before.setStatus('acc_1', 'suspended');
    // It dies between the outbox and its note of that; the next one puts the same events in again.
    before.subjects.write = () => Promise.reject(new Error('killed'));
    await before.look();
    expect(await deliveriesOf(before, id)).toHaveLength(2);
    const after = await openWebhooksRoom(database(), dataSource);
    await after.look();
    await deliver(after);
    expect(told.types.toSorted()).toEqual(['account.suspended', 'pool.empty']);
  });

  it('is told by whoever is left, though it never saw what is over by now', async () => {
    const [one, other] = [
      await openWebhooksRoom(database(), dataSource),
      await openWebhooksRoom(database(), dataSource),
    ];
    const told = await receiver();
    await one.addWebhook(told.url);
    await one.addAccount('acc_1');
    await one.addAccount('acc_2');
    await Promise.all([one.look(), other.look()]);
    await one.setStatus('acc_1', 'suspended');
    await one.look();
    await one.setStatus('acc_1', 'active');
    await other.look();
    await deliver(other);
    expect(told.types.toSorted()).toEqual(['account.recovered', 'account.suspended']);
  });

  it('is not told of an account that is gone, nor of one of the same id that comes after it', async () => {
    const room = await openWebhooksRoom(database(), dataSource);
    const told = await receiver();
    await room.addWebhook(told.url);
    for (const status of ['suspended', 'suspended'] as const) {
      await room.addAccount('acc_1');
      await room.setStatus('acc_1', status);
      await room.look();
      await deliver(room);
      await room.dataSource.query("DELETE FROM accounts WHERE id = 'acc_1'");
      await room.look();
      room.clock.advance(61);
    }
    expect(told.types.filter((type) => type === 'account.suspended')).toHaveLength(2);
    expect(Array.from((await room.subjects.list()).keys())).toEqual(['pool']);
  });

  it('counts a breaker that is not closed as an account that cannot serve', async () => {
    const room = await openWebhooksRoom(database(), dataSource);
    const told = await receiver();
    await room.addWebhook(told.url);
    await room.addAccount('acc_1');
    room.recovering.add('acc_1');
    await room.look();
    room.recovering.clear();
    await room.look();
    await deliver(room);
    expect(told.types.toSorted()).toEqual(['pool.empty', 'pool.recovered']);
  });
});

describeOnEachSharedDatabase('an event', (database) => {
  const dataSource = withEmptyTables(database);
  let room: WebhooksRoom;
  let told: WebhookReceiver;

  beforeEach(async () => {
    room = await openWebhooksRoom(database(), dataSource);
    told = await receiver();
  });

  const put = (...ids: string[]) =>
    room.outbox.put(ids.map((id) => ({ id, type: 'pool.empty', createdAt: new Date(room.clock.now()), data: {} })));

  it('is sent again with the same id until it arrives', async () => {
    const { id } = await room.addWebhook(told.url);
    told.answerWith(500);
    await put('evt_1');
    await deliver(room);
    expect((await deliveriesOf(room, id))[0]).toMatchObject({
      state: 'waiting',
      attempts: 1,
      status: 500,
      error: 'status',
    });
    room.clock.advance(4.9);
    await deliver(room);
    expect(told.received).toHaveLength(1);
    room.clock.advance(0.1);
    told.answerWith(200);
    await deliver(room);
    const [first, second] = told.received;
    expect(second?.body).toBe(first?.body);
    expect(told.received.map(({ headers }) => headers['webhook-id'])).toEqual(['evt_1', 'evt_1']);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
    expect((await deliveriesOf(room, id))[0]).toMatchObject({
      state: 'delivered',
      attempts: 2,
      status: 200,
      error: null,
    });
    expect([await counted(room, 'retried'), await counted(room, 'delivered')]).toEqual([1, 1]);
  });

  it('is not sent before its receiver wants it', async () => {
    await room.addWebhook(told.url);
    told.answerWith(429, { 'retry-after': '600' });
    await put('evt_1');
    await deliver(room);
    room.clock.advance(599);
    await deliver(room);
    expect(told.received).toHaveLength(1);
    room.clock.advance(1);
    await deliver(room);
    expect(told.received).toHaveLength(2);
  });

  it('is given up after a day, and so is one whose webhook is disabled all that time', async () => {
    const { id } = await room.addWebhook(told.url);
    told.answerWith(500);
    await put('evt_1');
    await room.webhooks.disable(id, new Date());
    await deliver(room);
    expect(told.received).toHaveLength(0);
    await room.webhooks.change(id, { enabled: true }, new Date());
    await deliver(room);
    expect(told.received).toHaveLength(1);
    room.clock.advance(24 * HOUR_S);
    await deliver(room);
    expect((await deliveriesOf(room, id))[0]).toMatchObject({
      state: 'given_up',
      attempts: 2,
      endedAt: expect.any(Date),
    });
    await put('evt_2');
    await room.webhooks.disable(id, new Date());
    room.clock.advance(24 * HOUR_S + 1);
    await room.cleaner.run();
    expect(await deliveriesOf(room, id)).toMatchObject([
      { eventId: 'evt_2', state: 'given_up', attempts: 0 },
      { eventId: 'evt_1', state: 'given_up' },
    ]);
    expect(await counted(room, 'given_up')).toBe(2);
  });

  it('does not wait for a time that a clock was wrong about', async () => {
    const { id } = await room.addWebhook(told.url);
    told.answerWith(500);
    await put('evt_1');
    await deliver(room);
    room.clock.advance(-30 * 24 * HOUR_S);
    await room.cleaner.run();
    await deliver(room);
    expect(told.received).toHaveLength(2);
    room.clock.advance(24 * HOUR_S);
    await deliver(room);
    expect((await deliveriesOf(room, id))[0]).toMatchObject({ state: 'given_up', attempts: 3 });
  });

  it('that meets a receiver which is gone (410) disables the webhook', async () => {
    const { id } = await room.addWebhook(told.url);
    told.answerWith(410);
    await put('evt_1', 'evt_2');
    await deliver(room);
    await eventually(async () => (await room.webhooks.find(id))?.enabled === false);
    await eventually(async () => (await deliveriesOf(room, id)).every(({ state }) => state === 'given_up'));
    expect(told.received).toHaveLength(1);
    const [event] = await room.dataSource.query(
      "SELECT actor, details FROM audit_events WHERE action = 'webhook.update'",
    );
    expect([event.actor, JSON.parse(event.details)]).toEqual([
      'system',
      { enabled: { from: true, to: false }, status: 410 },
    ]);
  });

  it('that somebody claimed who died is sent a minute later', async () => {
    const { id } = await room.addWebhook(told.url);
    await put('evt_1');
    expect(
      await room.deliveries.claim(
        { eventId: 'evt_1', webhookId: id, attempts: 0 },
        new Date(room.clock.now() + 60_000),
      ),
    ).toBe(true);
    await room.courier.run();
    expect(told.received).toHaveLength(0);
    room.clock.advance(60);
    await deliver(room);
    expect((await deliveriesOf(room, id))[0]).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('is not held up by a receiver that is slow, and one receiver gets one at a time', async () => {
    const slow = await receiver();
    let open = 0;
    const most = { slow: 0 };
    const ends: (() => void)[] = [];
    slow.answer = (response) => {
      most.slow = Math.max(most.slow, ++open);
      ends.push(() => {
        open--;
        response.writeHead(204).end();
      });
    };
    await room.addWebhook(slow.url);
    const quick = await room.addWebhook(told.url);
    await put('evt_1', 'evt_2', 'evt_3');
    await room.courier.run();
    await eventually(async () => (await deliveriesOf(room, quick.id)).every(({ state }) => state === 'delivered'));
    expect([told.received.length, slow.received.length]).toEqual([3, 1]);
    await eventually(() => {
      ends.shift()?.();
      return slow.received.length === 3 && open === 0;
    });
    expect(most.slow).toBe(1);
  });

  it('waits for one of eight places, each webhook in its turn', async () => {
    let open = 0;
    let most = 0;
    const many = await Promise.all(Array.from({ length: 12 }, receiver));
    for (const each of many) {
      each.answer = (response) => {
        most = Math.max(most, ++open);
        setImmediate(() => {
          open--;
          response.writeHead(204).end();
        });
      };
      await room.addWebhook(each.url);
    }
    await put('evt_1', 'evt_2');
    await deliver(room);
    expect(many.map(({ received }) => received.length)).toEqual(many.map(() => 2));
    expect(most).toBeLessThanOrEqual(8);
  });

  it('gets a place though eight receivers are slow and have more waiting', async () => {
    const ends: (() => void)[] = [];
    const slow = await Promise.all(Array.from({ length: 8 }, receiver));
    for (const each of slow) {
      each.answer = (response) => ends.push(() => response.writeHead(204).end());
      await room.addWebhook(each.url);
    }
    await put('evt_1', 'evt_2');
    await room.courier.run();
    await eventually(() => ends.length === 8);
    await room.addWebhook(told.url);
    await put('evt_3');
    room.clock.advance(6);
    for (const end of ends.splice(0)) end();
    await eventually(() => told.received.length === 1);
    await eventually(() => {
      for (const end of ends.splice(0)) end();
      return slow.every(({ received }) => received.length === 3);
    });
  });

  it('reaches the others where a webhook cannot be decrypted', async () => {
    const broken = await room.addWebhook((await receiver()).url);
    const sound = await room.addWebhook(told.url);
    await room.dataSource.query(`UPDATE webhooks SET secret = 'lost', url = 'lost' WHERE id = '${broken.id}'`);
    await put('evt_1', 'evt_2');
    await room.courier.run();
    await eventually(async () => (await deliveriesOf(room, sound.id)).every(({ state }) => state === 'delivered'));
    expect((await deliveriesOf(room, broken.id)).map(({ attempts }) => attempts)).toEqual([0, 0]);
    const urls = (await room.editor.list(undefined, 10)).map(({ id, url }) => [id, url]);
    expect(urls.toSorted()).toEqual(
      [
        [broken.id, null],
        [sound.id, told.url],
      ].toSorted(),
    );
    await room.editor.delete(broken.id, SYSTEM);
    expect(await room.webhooks.ids()).toEqual([sound.id]);
  });

  it('comes in its turn where more wait than one turn takes', async () => {
    const { id } = await room.addWebhook(told.url);
    const ids = Array.from({ length: 50 }, (_, number) => `evt_${number}`);
    await put(...ids);
    await deliver(room);
    expect(told.received.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual(ids.toSorted());
    expect((await deliveriesOf(room, id)).every(({ attempts, state }) => attempts === 1 && state === 'delivered')).toBe(
      true,
    );
  });

  it('is given back when the service stops in the middle of it', async () => {
    const { id } = await room.addWebhook(told.url);
    told.answer = () => undefined;
    await put('evt_1');
    await room.courier.run();
    await eventually(() => told.received.length === 1);
    await room.courier.onModuleDestroy();
    await room.courier.onApplicationShutdown();
    expect((await deliveriesOf(room, id))[0]).toMatchObject({
      state: 'waiting',
      attempts: 0,
      nextAt: new Date(room.clock.now()),
    });
    told.answerWith(204);
    const next = await openWebhooksRoom(database(), dataSource);
    await deliver(next);
    expect((await deliveriesOf(next, id))[0]).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('pushes out the oldest where too many wait', async () => {
    const { id } = await room.addWebhook(told.url);
    await room.dataSource.query(
      database().kind === 'postgres'
        ? `INSERT INTO webhook_deliveries SELECT 'evt_old_' || n, '${id}', 'pool.empty', '{}', 'waiting', 0, 0, NULL, NULL, n, NULL FROM generate_series(1, ${MOST_WAITING}) n`
        : `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MOST_WAITING})
            INSERT INTO webhook_deliveries SELECT 'evt_old_' || n, '${id}', 'pool.empty', '{}', 'waiting', 0, 0, NULL, NULL, n, NULL FROM numbers`,
    );
    await Promise.all([put('evt_new_1'), put('evt_new_2')]);
    const [waiting] = await room.deliveries.waiting(new Date(room.clock.now()));
    expect(waiting).toEqual({ webhookId: id, waiting: MOST_WAITING, due: MOST_WAITING });
    const [{ oldest }] = await room.dataSource.query('SELECT MIN(created_at) AS oldest FROM webhook_deliveries');
    expect([Number(oldest), await counted(room, 'dropped')]).toEqual([3, 2]);
  });

  it('is forgotten a week after it ended, with its webhook, or behind a thousand others', async () => {
    const { id } = await room.addWebhook(told.url);
    const deleted = await room.addWebhook((await receiver()).url);
    await put('evt_1');
    await deliver(room);
    await room.webhooks.delete(deleted.id);
    await room.cleaner.run();
    expect(await deliveriesOf(room, deleted.id)).toEqual([]);
    expect(await deliveriesOf(room, id)).toHaveLength(1);
    await room.deliveries.keepNewest(id, 1);
    expect(await deliveriesOf(room, id)).toHaveLength(1);
    room.clock.advance(1);
    await put('evt_2');
    await deliver(room);
    await room.deliveries.keepNewest(id, 1);
    expect((await deliveriesOf(room, id)).map(({ eventId }) => eventId)).toEqual(['evt_2']);
    room.clock.advance(7 * 24 * HOUR_S + 1);
    await room.cleaner.run();
    expect(await deliveriesOf(room, id)).toEqual([]);
  });
});
