import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import type { GatewayError } from '../../core/errors.js';
import type { Encryption } from '../../platform/encryption/encryption.js';
import { ActiveApiKeys } from './active-api-keys.service.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyService, type NewApiKey } from './api-key.service.js';
import { LastUse } from './last-use.js';

const newKey = (overrides: Partial<NewApiKey> = {}): NewApiKey => ({
  name: 'a key',
  scopes: ['inference'],
  expiresAt: null,
  ...overrides,
});

describeOnEachDatabase('ApiKeyService', (database) => {
  let clock: TestClock;
  let dataSource: DataSource;
  let encryption: Encryption;
  let repository: ApiKeyRepository;
  let service: ApiKeyService;
  let lastUses: LastUse[];
  /** A replica has caches of its own over the one database. */
  const replica = () => {
    const lastUse = new LastUse(repository, clock);
    lastUses.push(lastUse);
    return new ApiKeyService(repository, encryption, lastUse, clock, new ActiveApiKeys(repository, clock));
  };
  /** Until what runs off the path of a request is done. */
  const settled = () => Promise.all(lastUses.map((each) => each.beforeApplicationShutdown()));
  const rows = () => dataSource.getRepository(ApiKey);

  beforeEach(async () => {
    clock = new TestClock();
    dataSource = await database().open([ApiKey]);
    encryption = database().encryption();
    repository = new ApiKeyRepository(dataSource);
    lastUses = [];
    service = replica();
  });

  afterEach(settled);

  describe('creation', () => {
    it('hands out the secret once and stores a digest of it', async () => {
      const { apiKey, secret } = await service.create(newKey({ scopes: ['inference', 'metrics'] }));
      expect(secret).toMatch(/^amq_[A-Za-z0-9_-]{49}$/);
      const stored = await rows().findOneByOrFail({ id: apiKey.id });
      expect(stored).toEqual(apiKey);
      expect(stored).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'a key',
        prefix: secret.slice(0, 10),
        digest: encryption.digest(secret),
        scopes: ['inference', 'metrics'],
        enabled: true,
        seeded: false,
        expiresAt: null,
        requestsPerMinute: null,
        tokensPerMinute: null,
        maxConcurrent: null,
        monthlyTokenBudget: null,
        monthlyCostBudget: null,
        allowedModels: null,
        allowedCidrs: null,
        previousDigest: null,
        previousExpiresAt: null,
        lastUsedAt: null,
        createdAt: new Date(clock.now()),
      });
      expect(JSON.stringify(stored)).not.toContain(secret.slice(10));
    });

    it('never makes the same key twice', async () => {
      const first = await service.create(newKey());
      const second = await service.create(newKey());
      expect(second.secret).not.toBe(first.secret);
      expect(second.apiKey.id).not.toBe(first.apiKey.id);
    });

    it.each([
      ['now', () => new Date(clock.now())],
      ['past', () => new Date(clock.now() - 1)],
      ['no time at all', () => new Date(Number.NaN)],
    ])('refuses an expiry that is %s', async (_what, expiresAt) => {
      await expect(service.create(newKey({ expiresAt: expiresAt() }))).rejects.toMatchObject({
        kind: 'invalid_request',
        fields: [{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }],
      } satisfies Partial<GatewayError>);
      expect(await rows().count()).toBe(0);
    });
  });

  describe('authentication', () => {
    it('knows a key again, with its name and scopes', async () => {
      const { apiKey, secret } = await service.create(newKey({ name: 'mine', scopes: ['inference', 'metrics'] }));
      expect(await service.authenticate(secret)).toEqual({
        keyId: apiKey.id,
        name: 'mine',
        scopes: new Set(['inference', 'metrics']),
      });
    });

    it.each(['', 'amq_', 'something else', `amq_${'A'.repeat(49)}`])('does not know %j', async (secret) => {
      await service.create(newKey());
      expect(await service.authenticate(secret)).toBeUndefined();
    });

    it('takes neither the digest nor the prefix of a key for the key', async () => {
      const { apiKey } = await service.create(newKey());
      expect(await service.authenticate(apiKey.digest)).toBeUndefined();
      expect(await service.authenticate(apiKey.prefix)).toBeUndefined();
    });

    it('answers for a key seen lately at once and without a query', async () => {
      const { apiKey, secret } = await service.create(newKey());
      await service.authenticate(secret);
      const find = jest.spyOn(repository, 'findByDigest');
      for (let request = 0; request < 100; request++) {
        expect(service.authenticate(secret)).toMatchObject({ keyId: apiKey.id });
      }
      expect(find).not.toHaveBeenCalled();
    });

    it('answers for an unknown key seen lately at once and without a query', async () => {
      await service.authenticate('not a key of ours');
      const find = jest.spyOn(repository, 'findByDigest');
      expect(service.authenticate('not a key of ours')).toBeUndefined();
      expect(find).not.toHaveBeenCalled();
    });

    it('asks the database once for a burst of requests with one key', async () => {
      const { secret } = await service.create(newKey());
      const find = jest.spyOn(repository, 'findByDigest');
      const identities = await Promise.all(Array.from({ length: 200 }, () => service.authenticate(secret)));
      expect(identities.every((identity) => identity?.name === 'a key')).toBe(true);
      expect(find).toHaveBeenCalledTimes(1);
    });

    it('tells a mistyped key without a query', async () => {
      const { secret } = await service.create(newKey());
      const find = jest.spyOn(repository, 'findByDigest');
      expect(service.authenticate(secret.slice(0, -1) + (secret.endsWith('A') ? 'Q' : 'A'))).toBeUndefined();
      expect(find).not.toHaveBeenCalled();
    });

    it('asks again when the database failed', async () => {
      const { secret } = await service.create(newKey());
      jest.spyOn(repository, 'findByDigest').mockRejectedValueOnce(new Error('the database is away'));
      await expect(service.authenticate(secret)).rejects.toThrow('the database is away');
      expect(await service.authenticate(secret)).toMatchObject({ name: 'a key' });
    });

    it('stops at the moment the key expires, cached or not', async () => {
      const { secret } = await service.create(newKey({ expiresAt: new Date(clock.now() + 3_000) }));
      expect(await service.authenticate(secret)).toBeDefined();
      clock.advance(2);
      expect(service.authenticate(secret)).toBeDefined();
      clock.advance(1);
      expect(service.authenticate(secret)).toBeUndefined();
      expect(await replica().authenticate(secret)).toBeUndefined();
    });

    it('does not admit a disabled key, and sees the change of another replica within five seconds', async () => {
      const { apiKey, secret } = await service.create(newKey());
      await service.authenticate(secret);
      await rows().update(apiKey.id, { enabled: false });
      expect(await replica().authenticate(secret)).toBeUndefined();
      clock.advance(5.001);
      expect(await service.authenticate(secret)).toBeUndefined();
      await rows().update(apiKey.id, { enabled: true });
      clock.advance(5.001);
      expect(await service.authenticate(secret)).toBeDefined();
    });

    it('knows a new key at once, though it was guessed before', async () => {
      await service.authenticate('the operator chose this one');
      await service.store('the operator chose this one', newKey(), true);
      expect(await service.authenticate('the operator chose this one')).toBeDefined();
    });
  });

  describe('the last use', () => {
    const lastUsedAt = async (id: string) => {
      await settled();
      return (await rows().findOneByOrFail({ id })).lastUsedAt?.getTime();
    };

    it('is written at most once a minute', async () => {
      const { apiKey, secret } = await service.create(newKey());
      const record = jest.spyOn(repository, 'recordUse');
      const first = clock.now();
      for (let second = 0; second < 60; second++) {
        await service.authenticate(secret);
        clock.advance(1);
      }
      expect(record).toHaveBeenCalledTimes(1);
      expect(await lastUsedAt(apiKey.id)).toBe(first);

      await service.authenticate(secret);
      expect(record).toHaveBeenCalledTimes(2);
      expect(await lastUsedAt(apiKey.id)).toBe(first + 60_000);
    });

    it('is not written again by a replica that comes second in the same minute', async () => {
      const { apiKey, secret } = await service.create(newKey());
      const first = clock.now();
      await service.authenticate(secret);
      await settled();
      clock.advance(30);
      await replica().authenticate(secret);
      expect(await lastUsedAt(apiKey.id)).toBe(first);
    });

    it('is not written for a key that may not come in', async () => {
      const { apiKey, secret } = await service.create(newKey());
      await rows().update(apiKey.id, { enabled: false });
      await service.authenticate(secret);
      expect(await lastUsedAt(apiKey.id)).toBeUndefined();
    });

    it('fails in the log only, and names no secret there', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      const { apiKey, secret } = await service.create(newKey());
      jest.spyOn(repository, 'recordUse').mockRejectedValue(new Error('database is locked'));
      expect(await service.authenticate(secret)).toBeDefined();
      await settled();
      expect(warn.mock.calls).toEqual([[`The last use of API key ${apiKey.id} was not written: database is locked`]]);
      warn.mockRestore();
    });
  });

  describe('the list', () => {
    it('is empty at first', async () => {
      expect(await service.list(50)).toEqual({ apiKeys: [], nextCursor: null });
    });

    it('comes in pages, the oldest first, each key once, also when many were made in one moment', async () => {
      const ids: string[] = [];
      for (let number = 0; number < 7; number++) {
        if (number === 2 || number === 6) clock.advance(1);
        ids.push((await service.create(newKey({ name: `key ${number}` }))).apiKey.id);
      }
      const seen: string[] = [];
      const sizes: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await service.list(3, cursor);
        sizes.push(page.apiKeys.length);
        seen.push(...page.apiKeys.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(sizes).toEqual([3, 3, 1]);
      const moments = [ids.slice(0, 2), ids.slice(2, 6), ids.slice(6)];
      expect(seen).toEqual(moments.flatMap((moment) => moment.toSorted()));
    });

    it('has no next page when the last one is full', async () => {
      await service.create(newKey());
      await service.create(newKey());
      expect((await service.list(2)).nextCursor).toBeNull();
    });

    it('goes on behind a key that was deleted meanwhile, and shows keys made meanwhile', async () => {
      const first = await service.create(newKey());
      clock.advance(1);
      const second = await service.create(newKey());
      const { nextCursor } = await service.list(1);
      await rows().delete(first.apiKey.id);
      clock.advance(1);
      const third = await service.create(newKey());
      const page = await service.list(50, nextCursor ?? '');
      expect(page.apiKeys.map(({ id }) => id)).toEqual([second.apiKey.id, third.apiKey.id]);
    });

    it('refuses a cursor that is none', async () => {
      await expect(service.list(50, 'page two')).rejects.toMatchObject({
        kind: 'invalid_request',
        fields: [{ path: 'cursor', message: 'cursor must be the nextCursor of an earlier answer' }],
      });
    });
  });
});
