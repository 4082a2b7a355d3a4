import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { ActiveApiKeys } from './active-api-keys.service.js';
import { AdminKeySeeder } from './admin-key-seeder.service.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyService } from './api-key.service.js';
import { LastUse } from './last-use.js';

const OLD = 'first key of the operator';
const NEW = 'second key of the operator';

describeOnEachDatabase('AdminKeySeeder', (database) => {
  let clock: TestClock;
  let dataSource: DataSource;
  let state: MemoryStateStore;
  const rows = () => dataSource.getRepository(ApiKey);

  function replica(ADMIN_API_KEY?: string) {
    const encryption = database().encryption();
    const repository = new ApiKeyRepository(dataSource);
    const apiKeys = new ApiKeyService(
      repository,
      encryption,
      new LastUse(repository, clock),
      clock,
      new ActiveApiKeys(repository, clock),
    );
    const configuration = readConfiguration({ ...database().environment, ADMIN_API_KEY });
    return { apiKeys, seeder: new AdminKeySeeder(configuration, apiKeys, repository, encryption, state) };
  }

  /** What a start of the service does; gives back who the given secrets are after it. */
  async function start(adminKey?: string) {
    clock.advance(60);
    const { apiKeys, seeder } = replica(adminKey);
    await seeder.onApplicationBootstrap();
    return { generated: seeder.takeGeneratedKey(), who: async (secret: string) => apiKeys.authenticate(secret) };
  }

  beforeEach(async () => {
    clock = new TestClock();
    dataSource = await database().open([ApiKey]);
    state = new MemoryStateStore();
  });

  describe('with ADMIN_API_KEY', () => {
    it('makes it an admin key', async () => {
      const { generated, who } = await start(OLD);
      expect(generated).toBeUndefined();
      expect((await who(OLD))?.scopes).toEqual(new Set(['admin']));
    });

    it('adds nothing at the next start', async () => {
      await start(OLD);
      const before = await rows().find();
      await start(OLD);
      expect((await rows().find()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    });

    it('disables the key it seeded before, once the key is changed', async () => {
      await start(OLD);
      const { who } = await start(NEW);
      expect(await who(OLD)).toBeUndefined();
      expect(await who(NEW)).toBeDefined();
    });

    it('takes an earlier key back', async () => {
      await start(OLD);
      await start(NEW);
      const { who } = await start(OLD);
      expect(await who(OLD)).toBeDefined();
      expect(await who(NEW)).toBeUndefined();
      expect(await rows().count()).toBe(2);
    });

    it('does not enable again what an admin disabled', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      await start(OLD);
      await rows().update({ seeded: true }, { enabled: false });
      const { who } = await start(OLD);
      expect(await who(OLD)).toBeUndefined();
      expect(warn.mock.calls).toEqual([['ADMIN_API_KEY is a key that was disabled; it stays so']]);
      warn.mockRestore();
    });

    it('leaves the keys alone that others made, and the one it generated', async () => {
      const generated = (await start()).generated ?? '';
      const { apiKeys } = replica();
      const made = await apiKeys.create({ name: 'made', scopes: ['inference'], expiresAt: null });
      await start(OLD);
      const { who } = await start(NEW);
      expect(await who(generated)).toBeDefined();
      expect(await who(made.secret)).toBeDefined();
    });

    it('makes a key an admin key that is stored with less', async () => {
      const { apiKeys } = replica();
      const { secret } = await apiKeys.create({
        name: 'made',
        scopes: ['inference'],
        expiresAt: new Date(clock.now() + 1_000),
      });
      const { who } = await start(secret);
      expect((await who(secret))?.scopes).toEqual(new Set(['admin']));
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
  });

  describe('without ADMIN_API_KEY', () => {
    it('generates a key at the very first start only', async () => {
      const first = await start();
      expect(first.generated).toMatch(/^amq_/);
      expect((await first.who(first.generated ?? ''))?.scopes).toEqual(new Set(['admin']));
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
      const { apiKeys } = replica();
      await apiKeys.create({ name: 'reads', scopes: ['inference', 'admin:read'], expiresAt: null });
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
      expect(await started[0]?.who(generated[0] ?? '')).toBeDefined();
    });
  });
});
