import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ADMIN, type ApiKeysRoom, newKey, openApiKeys, scopesOf } from '../../../test/support/api-keys-room.js';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import type { GatewayError } from '../../core/errors.js';
import { AllowedModels } from '../../core/models/allowed-models.js';
import type { Encryption } from '../../platform/encryption/encryption.js';
import { ApiKey } from './api-key.entity.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyService, NewApiKey } from './api-key.service.js';
import { isRefused } from './authentication.js';

describeOnEachSharedDatabase('ApiKeyService', (database) => {
  let clock: TestClock;
  let dataSource: DataSource;
  let encryption: Encryption;
  let repository: ApiKeyRepository;
  let service: ApiKeyService;
  let rooms: ApiKeysRoom[];
  /** A replica has caches of its own over the one database. */
  const replica = () => {
    const room = openApiKeys({ dataSource, encryption, clock });
    rooms.push(room);
    return room;
  };
  const create = (overrides: Partial<NewApiKey> = {}) => service.create(newKey(overrides), ADMIN);
  /** Until what runs off the path of a request is done. */
  const settled = () => Promise.all(rooms.map((each) => each.settled()));
  const rows = () => dataSource.getRepository(ApiKey);

  beforeAll(async () => {
    dataSource = await database().open([ApiKey]);
    encryption = database().encryption();
  });

  beforeEach(async () => {
    clock = new TestClock();
    await rows().clear();
    rooms = [];
    ({ repository, service } = replica());
  });

  afterEach(settled);

  describe('creation', () => {
    it('hands out the secret once and stores a digest of it', async () => {
      const { apiKey, secret } = await create({ scopes: ['inference', 'metrics'] });
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

    it('audits who made it and what it may use, without the secret and its digest', async () => {
      const { apiKey, secret } = await create({ requestsPerMinute: 3, allowedModels: ['claude-*'] });
      expect(rooms[0]?.events).toEqual([
        {
          actor: ADMIN,
          action: 'api-key.create',
          target: apiKey.id,
          details: {
            prefix: secret.slice(0, 10),
            name: 'a key',
            scopes: ['inference'],
            enabled: true,
            requestsPerMinute: 3,
            allowedModels: ['claude-*'],
          },
        },
      ]);
    });

    it('never makes the same key twice', async () => {
      const first = await create();
      const second = await create();
      expect(second.secret).not.toBe(first.secret);
      expect(second.apiKey.id).not.toBe(first.apiKey.id);
    });

    it.each([
      ['now', () => new Date(clock.now())],
      ['past', () => new Date(clock.now() - 1)],
      ['no time at all', () => new Date(Number.NaN)],
    ])('refuses an expiry that is %s', async (_what, expiresAt) => {
      await expect(create({ expiresAt: expiresAt() })).rejects.toMatchObject({
        kind: 'invalid_request',
        fields: [{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }],
      } satisfies Partial<GatewayError>);
      expect(await rows().count()).toBe(0);
    });
  });

  describe('authentication', () => {
    it('knows a key again, with its name and scopes', async () => {
      const { apiKey, secret } = await create({ name: 'mine', scopes: ['inference', 'metrics'] });
      expect(await service.authenticate(secret)).toEqual({
        identity: { keyId: apiKey.id, name: 'mine', scopes: new Set(['inference', 'metrics']) },
      });
    });

    it('tells what the key may use, from the row', async () => {
      const { apiKey, secret } = await create({
        requestsPerMinute: 3,
        tokensPerMinute: 5_000_000_000,
        monthlyTokenBudget: 2 ** 50 + 1,
        monthlyCostBudget: 0.1,
        allowedModels: ['claude-*', 'gpt-5'],
        allowedCidrs: ['10.0.0.0/8'],
      });
      const found = await replica().service.authenticate(secret);
      if (isRefused(found)) throw new Error('refused');
      const { identity, networks } = found;
      expect(identity).toMatchObject({
        keyId: apiKey.id,
        limits: {
          requestsPerMinute: 3,
          tokensPerMinute: 5_000_000_000,
          maxConcurrent: null,
          monthlyTokenBudget: 2 ** 50 + 1,
          monthlyCostBudget: 0.1,
        },
      });
      expect(identity.allowedModels).toEqual(new AllowedModels(['claude-*', 'gpt-5']));
      expect(['10.1.2.3', '::ffff:10.1.2.3', '11.0.0.1'].map((address) => networks?.include(address))).toEqual([
        true,
        true,
        false,
      ]);
    });

    it.each(['', 'amq_', 'something else', `amq_${'A'.repeat(49)}`])('does not know %j', async (secret) => {
      await create();
      expect(await service.authenticate(secret)).toEqual({ refused: 'unknown' });
    });

    it('takes neither the digest nor the prefix of a key for the key', async () => {
      const { apiKey } = await create();
      expect(await service.authenticate(apiKey.digest)).toEqual({ refused: 'unknown' });
      expect(await service.authenticate(apiKey.prefix)).toEqual({ refused: 'unknown' });
    });

    it('tells a disabled key and an expired one from one nobody knows', async () => {
      const { apiKey, secret } = await create({ expiresAt: new Date(clock.now() + 3_000) });
      clock.advance(3);
      expect(await service.authenticate(secret)).toEqual({ refused: 'expired', keyId: apiKey.id });
      await rows().update(apiKey.id, { enabled: false });
      expect(await replica().service.authenticate(secret)).toEqual({ refused: 'disabled', keyId: apiKey.id });
    });

    it('stops at the moment the key expires, though it was seen a moment before', async () => {
      const { apiKey, secret } = await create({ expiresAt: new Date(clock.now() + 1_000) });
      expect(await scopesOf(service.authenticate(secret))).toBeDefined();
      clock.advance(0.999);
      expect(await scopesOf(service.authenticate(secret))).toBeDefined();
      clock.advance(0.001);
      expect(service.authenticate(secret)).toEqual({ refused: 'expired', keyId: apiKey.id });
    });

    it('answers for a key seen lately at once, without a query, always with the same object', async () => {
      const { secret } = await create();
      const first = await service.authenticate(secret);
      const find = jest.spyOn(repository, 'findBySecret');
      for (let request = 0; request < 100; request++) expect(service.authenticate(secret)).toBe(first);
      expect(find).not.toHaveBeenCalled();
    });

    it('knows a new key at once, though it was guessed before', async () => {
      await service.authenticate('the operator chose this one');
      await service.store('the operator chose this one', newKey(), ADMIN, true);
      expect(await scopesOf(service.authenticate('the operator chose this one'))).toBeDefined();
    });
  });

  describe('the last use', () => {
    const lastUsedAt = async (id: string) => {
      await settled();
      return (await rows().findOneByOrFail({ id })).lastUsedAt?.getTime();
    };

    it('is written at most once a minute', async () => {
      const { apiKey, secret } = await create();
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
      const { apiKey, secret } = await create();
      const first = clock.now();
      await service.authenticate(secret);
      await settled();
      clock.advance(30);
      await replica().service.authenticate(secret);
      expect(await lastUsedAt(apiKey.id)).toBe(first);
    });

    it('is not written for a key that may not come in', async () => {
      const { apiKey, secret } = await create();
      await rows().update(apiKey.id, { enabled: false });
      await service.authenticate(secret);
      expect(await lastUsedAt(apiKey.id)).toBeUndefined();
    });

    it('fails in the log only, and names no secret there', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      const { apiKey, secret } = await create();
      jest.spyOn(repository, 'recordUse').mockRejectedValue(new Error('database is locked'));
      expect(await scopesOf(service.authenticate(secret))).toBeDefined();
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
        ids.push((await create({ name: `key ${number}` })).apiKey.id);
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
      await create();
      await create();
      expect((await service.list(2)).nextCursor).toBeNull();
    });

    it('goes on behind a key that was deleted meanwhile, and shows keys made meanwhile', async () => {
      const first = await create();
      clock.advance(1);
      const second = await create();
      const { nextCursor } = await service.list(1);
      await rows().delete(first.apiKey.id);
      clock.advance(1);
      const third = await create();
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
