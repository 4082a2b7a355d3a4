import { afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { eventually } from '../../test/support/ask.js';
import { describeOnEachSharedDatabase } from '../../test/support/databases.js';
import { fakeIntervals } from '../../test/support/fake-intervals.js';
import { TestClock } from '../../test/support/test-clock.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditChain } from '../audit/audit-chain.service.js';
import { AuditEndEntity } from '../audit/audit-end.entity.js';
import { AuditEventEntity } from '../audit/audit-event.entity.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { readConfiguration } from '../platform/config/configuration.js';
import { MemoryStateStore } from '../platform/state/memory-state-store.js';
import { LiveSettings } from './live-settings.service.js';
import { SettingsEntity } from './settings.entity.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsEditor } from './settings-editor.service.js';
import { SettingsReader } from './settings-reader.service.js';

const RELOAD_MS = 5_000;
const edit = { actor: { name: 'somebody' } };

describeOnEachSharedDatabase('the settings of several replicas', (database) => {
  let replicas: SettingsReader[];
  let dataSource: DataSource;
  const logger = Logger.prototype;
  const warn = jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
  const error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);

  const openReplica = async (state = new MemoryStateStore()) => {
    const live = new LiveSettings(readConfiguration({}));
    const repository = new SettingsRepository(dataSource);
    const clock = new TestClock();
    const reader = new SettingsReader(repository, live, state);
    const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), database().encryption()), clock);
    const editor = new SettingsEditor(repository, reader, live, audit, clock);
    await reader.onModuleInit();
    replicas.push(reader);
    return { live, reader, editor };
  };
  /** As another version of the service might have left it. */
  const store = (document: string) =>
    dataSource.getRepository(SettingsEntity).update({ name: 'live' }, { document, revision: 7 });
  const stored = async () =>
    (await dataSource.getRepository(SettingsEntity).findOneByOrFail({ name: 'live' })).document;

  beforeAll(async () => {
    dataSource = await database().open([SettingsEntity, AuditEndEntity, AuditEventEntity]);
  });
  beforeEach(async () => {
    fakeIntervals();
    warn.mockClear();
    error.mockClear();
    replicas = [];
    await store('{}');
  });
  afterEach(async () => {
    for (const reader of replicas) await reader.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('are told at once where replicas share their state', async () => {
    const state = new MemoryStateStore();
    const [one, other] = [await openReplica(state), await openReplica(state)];
    await one.editor.update({ maxAttempts: 7 }, edit);
    expect(one.live.current.maxAttempts).toBe(7);
    await eventually(() => other.live.current.maxAttempts === 7);
  });

  it('are found at the next look where they do not', async () => {
    const [one, other] = [await openReplica(), await openReplica()];
    await one.editor.update({ maxAttempts: 7 }, edit);
    jest.advanceTimersByTime(RELOAD_MS - 1);
    await other.reader.onApplicationShutdown(); // what it was reading is read by now
    expect(other.live.current.maxAttempts).toBe(3);
    const third = await openReplica();
    expect(third.live.current.maxAttempts).toBe(7);
    await one.editor.update({ maxAttempts: 8 }, edit);
    jest.advanceTimersByTime(RELOAD_MS);
    await eventually(() => third.live.current.maxAttempts === 8);
  });

  it('are read one after the other, and those who ask meanwhile share the next reading', async () => {
    const { reader } = await openReplica();
    const read = jest.spyOn(SettingsRepository.prototype, 'read');
    await Promise.all(Array.from({ length: 50 }, () => reader.refresh()));
    expect(read.mock.calls.length).toBeLessThanOrEqual(2);
    read.mockRestore();
  });

  it('stay as they were while the database can’t be read, and the log says so once', async () => {
    const { live, editor } = await openReplica();
    await editor.update({ maxAttempts: 7 }, edit);
    await dataSource.query('ALTER TABLE settings RENAME TO gone');
    for (let look = 1; look <= 3; look++) {
      jest.advanceTimersByTime(RELOAD_MS);
      await replicas[0]?.refresh().catch(() => undefined);
    }
    expect(live.current.maxAttempts).toBe(7);
    expect(error).toHaveBeenCalledTimes(1);
    await dataSource.query('ALTER TABLE gone RENAME TO settings');
    await editor.update({ maxAttempts: 8 }, edit);
    expect(live.current.maxAttempts).toBe(8);
  });

  it('are the environment’s where another version left what this one does not take, and that is kept', async () => {
    await store('{"strategy":"by_moon","colours":{"m":1},"maxAttempts":4}');
    const { live, reader, editor } = await openReplica();
    expect(live.current).toMatchObject({ strategy: 'weighted_round_robin', maxAttempts: 4 });
    await reader.refresh();
    expect(warn.mock.calls).toEqual([[expect.stringContaining('left aside: strategy, colours')]]);
    await editor.update({ maxAttempts: null, 'affinity.ttl': 5 }, edit);
    expect(JSON.parse(await stored())).toEqual({ strategy: 'by_moon', colours: { m: 1 }, 'affinity.ttl': 5 });
  });

  it('are in use even where the change could not be audited, and whoever made it hears that', async () => {
    const { live, editor } = await openReplica();
    await dataSource.query('ALTER TABLE audit_events RENAME TO gone');
    await expect(editor.update({ maxAttempts: 7 }, edit)).rejects.toThrow('The audit log can’t be written');
    await dataSource.query('ALTER TABLE gone RENAME TO audit_events');
    expect(live.current.maxAttempts).toBe(7);
  });
});
