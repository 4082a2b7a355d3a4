import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type ApiKeysRoom, openApiKeys, scopesOf } from '../../../test/support/api-keys-room.js';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { AdminKeySeeder } from './admin-key-seeder.service.js';
import { ApiKey } from './api-key.entity.js';

const OLD = 'first key of the operator';
const NEW = 'second key of the operator';

describeOnEachSharedDatabase('AdminKeySeeder', (database) => {
  let clock: TestClock;
  let dataSource: DataSource;
  let state: MemoryStateStore;
  let rooms: ApiKeysRoom[];
  const rows = () => dataSource.getRepository(ApiKey);

  function replica(ADMIN_API_KEY?: string) {
    const encryption = database().encryption();
    const room = openApiKeys({ dataSource, encryption, clock, state });
    rooms.push(room);
    const { repository, service: apiKeys, writes, create, events } = room;
    const configuration = readConfiguration({ ...database().environment, ADMIN_API_KEY });
    const seeder = new AdminKeySeeder(configuration, apiKeys, repository, writes, encryption, state);
    return { apiKeys, create, events, seeder };
  }

  /** What a start of the service does; gives back what the given secrets may do after it. */
  async function start(adminKey?: string) {
    clock.advance(60);
    const { apiKeys, events, seeder } = replica(adminKey);
    await seeder.onApplicationBootstrap();
    return {
      generated: seeder.takeGeneratedKey(),
      audited: events.map(({ actor, action, details }) => [actor.name, action, details]),
      scopes: (secret: string) => scopesOf(apiKeys.authenticate(secret)),
    };
  }

  beforeAll(async () => {
    dataSource = await database().open([ApiKey]);
  });

  beforeEach(async () => {
    clock = new TestClock();
    await rows().clear();
    state = new MemoryStateStore();
    rooms = [];
  });

  afterEach(() => Promise.all(rooms.map((each) => each.settled())));

  describe('with ADMIN_API_KEY', () => {
    it('makes it an admin key', async () => {
      const { generated, scopes } = await start(OLD);
      expect(generated).toBeUndefined();
      expect(await scopes(OLD)).toEqual(new Set(['admin']));
    });

    it('adds nothing at the next start', async () => {
      await start(OLD);
      const before = await rows().find();
      await start(OLD);
      expect((await rows().find()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    });

    it('disables the key it seeded before, once the key is changed', async () => {
      await start(OLD);
      const { scopes } = await start(NEW);
      expect(await scopes(OLD)).toBeUndefined();
      expect(await scopes(NEW)).toBeDefined();
    });

    it('audits what a start does, and nothing when it changes nothing', async () => {
      const created = { name: 'ADMIN_API_KEY', scopes: ['admin'], enabled: true, prefix: OLD.slice(0, 4) };
      expect((await start(OLD)).audited).toEqual([['system', 'api-key.create', created]]);
      expect((await start(OLD)).audited).toEqual([]);
      expect((await start(NEW)).audited).toEqual([
        ['system', 'api-key.create', { ...created, prefix: NEW.slice(0, 4) }],
        ['system', 'api-key.update', { enabled: { from: true, to: false } }],
      ]);
    });

    it('is told from a secret that a rotated key had before', async () => {
      await start(OLD);
      await rows().update({ seeded: true }, { seeded: false, previousDigest: database().encryption().digest(NEW) });
      const { scopes } = await start(NEW);
      expect(await scopes(NEW)).toEqual(new Set(['admin']));
      expect(await rows().count()).toBe(2);
    });

    it('takes an earlier key back', async () => {
      await start(OLD);
      await start(NEW);
      const { scopes } = await start(OLD);
      expect(await scopes(OLD)).toBeDefined();
      expect(await scopes(NEW)).toBeUndefined();
      expect(await rows().count()).toBe(2);
    });

    it('does not enable again what an admin disabled', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      await start(OLD);
      await rows().update({ seeded: true }, { enabled: false });
      const { scopes } = await start(OLD);
      expect(await scopes(OLD)).toBeUndefined();
      expect(warn.mock.calls).toEqual([['ADMIN_API_KEY is a key that was disabled; it stays so']]);
      warn.mockRestore();
    });

    it('leaves the keys alone that others made, and the one it generated', async () => {
      const generated = (await start()).generated ?? '';
      const { create } = replica();
      const made = await create({ name: 'made' });
      await start(OLD);
      const { scopes } = await start(NEW);
      expect(await scopes(generated)).toBeDefined();
      expect(await scopes(made.secret)).toBeDefined();
    });

    it('makes a key an admin key that is stored with less', async () => {
      const { create } = replica();
      const { secret } = await create({ name: 'made', expiresAt: new Date(clock.now() + 1_000) });
      const { scopes } = await start(secret);
      expect(await scopes(secret)).toEqual(new Set(['admin']));
    });

    it('refuses the start when it is a mistyped key, and changes nothing', async () => {
      const generated = (await start()).generated ?? '';
      const mistyped = generated.slice(0, -1) + (generated.endsWith('A') ? 'Q' : 'A');
      await expect(start(mistyped)).rejects.toThrow('ADMIN_API_KEY has the form of a generated key');
      expect(await rows().count()).toBe(1);
    });

    it('is stored once by replicas that start at once', async () => {
      await Promise.all([start(OLD), start(OLD), start(OLD)]);
      expect(await rows().count()).toBe(1);
    });

    it('is stored once by replicas that start at once and share nothing but the database', async () => {
      const starts = Array.from({ length: 3 }, () => {
        state = new MemoryStateStore();
        return start(OLD);
      });
      const [first] = await Promise.all(starts);
      expect(await first?.scopes(OLD)).toEqual(new Set(['admin']));
      expect(await rows().count()).toBe(1);
    });
  });

  describe('without ADMIN_API_KEY', () => {
    it('generates a key at the very first start only', async () => {
      const first = await start();
      expect(first.generated).toMatch(/^amq_/);
      expect(await first.scopes(first.generated ?? '')).toEqual(new Set(['admin']));
      expect((await start()).generated).toBeUndefined();
      expect(await rows().count()).toBe(1);
    });

    it('hands the generated key out once, and logs nothing', async () => {
      const logged = (['log', 'warn', 'error', 'debug'] as const).map((level) =>
        jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined),
      );
      const { seeder } = replica();
      await seeder.onApplicationBootstrap();
      expect(seeder.takeGeneratedKey()).toBeDefined();
      expect(seeder.takeGeneratedKey()).toBeUndefined();
      for (const level of logged) {
        expect(level).not.toHaveBeenCalled();
        level.mockRestore();
      }
    });

    it('generates one although there are keys, when none of them is for admins', async () => {
      const { create } = replica();
      await create({ name: 'reads', scopes: ['inference', 'admin:read'] });
      expect((await start()).generated).toBeDefined();
    });

    it('generates none while an admin key is stored, though it be disabled: a restart gives nobody more rights', async () => {
      await start(OLD);
      await rows().update({ seeded: true }, { enabled: false });
      expect((await start()).generated).toBeUndefined();
    });

    it('is generated by one of the replicas that start at once', async () => {
      const started = await Promise.all([start(), start(), start()]);
      const generated = started.map((each) => each.generated).filter((key) => key !== undefined);
      expect(generated).toHaveLength(1);
      expect(await started[0]?.scopes(generated[0] ?? '')).toBeDefined();
    });
  });
});
