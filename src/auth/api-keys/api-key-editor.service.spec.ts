import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { ADMIN, type ApiKeysRoom, openApiKeys } from '../../../test/support/api-keys-room.js';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { LockTimeoutError } from '../../platform/state/state-store.js';
import { ApiKey } from './api-key.entity.js';
import type { NewApiKey } from './api-key.service.js';
import { isRefused, type Refusal } from './authentication.js';

const LAST_ADMIN = { kind: 'conflict', message: expect.stringContaining("last enabled key with the scope 'admin'") };
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeOnEachSharedDatabase('ApiKeyEditor', (database) => {
  let clock: TestClock;
  let dataSource: DataSource;
  let state: MemoryStateStore;
  let room: ApiKeysRoom;
  let rooms: ApiKeysRoom[];
  const rows = () => dataSource.getRepository(ApiKey);
  const replica = () => {
    const opened = openApiKeys({ dataSource, encryption: database().encryption(), clock, state });
    rooms.push(opened);
    return opened;
  };
  const later = (seconds: number) => new Date(clock.now() + seconds * 1000);
  const admin = (overrides: Partial<NewApiKey> = {}) => room.create({ name: 'admin', scopes: ['admin'], ...overrides });

  /** `good`, or why not. */
  async function worth(secret: string, at = room): Promise<'good' | Refusal> {
    const found = await at.service.authenticate(secret);
    return isRefused(found) ? found.refused : 'good';
  }

  beforeAll(async () => {
    dataSource = await database().open([ApiKey]);
  });

  beforeEach(async () => {
    clock = new TestClock();
    await rows().clear();
    state = new MemoryStateStore(clock);
    rooms = [];
    room = replica();
  });

  afterEach(() => Promise.all(rooms.map((each) => each.settled())));

  describe('an update', () => {
    it('changes what it names and nothing else, and tells what was before', async () => {
      const { apiKey } = await room.create({ requestsPerMinute: 5, allowedModels: ['a', 'b'] });
      const wanted = { name: 'renamed', requestsPerMinute: null, allowedModels: ['a', 'b'], expiresAt: later(60) };
      const after = await room.editor.update(apiKey.id, wanted, ADMIN);
      expect(after).toEqual({ ...apiKey, ...wanted });
      expect(await rows().findOneBy({ id: apiKey.id })).toEqual(after);
      expect(room.events.at(-1)).toEqual({
        actor: ADMIN,
        action: 'api-key.update',
        target: apiKey.id,
        details: {
          name: { from: 'a key', to: 'renamed' },
          expiresAt: { from: null, to: later(60).toISOString() },
          requestsPerMinute: { from: 5, to: null },
        },
      });
    });

    it('tells of long lists how long they are', async () => {
      const { apiKey } = await room.create();
      const allowedModels = Array.from({ length: 100 }, (_, number) => `${number}`.padEnd(256, 'x'));
      await room.editor.update(apiKey.id, { allowedModels }, ADMIN);
      expect(room.events.at(-1)?.details).toEqual({ allowedModels: { from: null, to: '100 entries' } });
    });

    it('that changes nothing is written and audited by nobody', async () => {
      const { apiKey } = await room.create({ allowedCidrs: ['10.0.0.0/8'], expiresAt: later(1) });
      clock.advance(2);
      const change = jest.spyOn(room.repository, 'change');
      const { name, scopes, allowedCidrs, expiresAt } = apiKey;
      await room.editor.update(apiKey.id, { name, scopes: [...scopes], allowedCidrs, expiresAt }, ADMIN);
      await room.editor.update(apiKey.id, {}, ADMIN);
      expect(change).not.toHaveBeenCalled();
      expect(room.events.map(({ action }) => action)).toEqual(['api-key.create']);
    });

    it('refuses an expiry that is not in the future', async () => {
      const { apiKey } = await room.create();
      await expect(room.editor.update(apiKey.id, { expiresAt: later(0) }, ADMIN)).rejects.toMatchObject({
        kind: 'invalid_request',
        fields: [{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }],
      });
    });

    it('is seen by the next request on every replica', async () => {
      const other = replica();
      const { apiKey, secret } = await room.create();
      expect([await worth(secret), await worth(secret, other)]).toEqual(['good', 'good']);
      await room.editor.update(apiKey.id, { enabled: false }, ADMIN);
      expect([await worth(secret), await worth(secret, other)]).toEqual(['disabled', 'disabled']);
      await other.editor.update(apiKey.id, { enabled: true }, ADMIN);
      expect([await worth(secret), await worth(secret, other)]).toEqual(['good', 'good']);
    });
  });

  it('changes nothing while another change does not come to its end, and says that it may be asked again', async () => {
    const { apiKey } = await room.create();
    jest.spyOn(state, 'withLock').mockRejectedValue(new LockTimeoutError('admin-key', 20_000));
    await expect(room.editor.update(apiKey.id, { name: 'x' }, ADMIN)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'Another change of an API key is under way. Nothing was changed.',
    });
    expect((await room.editor.get(apiKey.id)).name).toBe('a key');
  });

  it.each([NOBODY, 'no id', '', '\0', `${NOBODY}'`, 'x'.repeat(10_000)])('has no key %j', async (id) => {
    const notFound = { kind: 'not_found' };
    await expect(room.editor.get(id)).rejects.toMatchObject(notFound);
    await expect(room.editor.update(id, { name: 'x' }, ADMIN)).rejects.toMatchObject(notFound);
    await expect(room.editor.rotate(id, 0, ADMIN)).rejects.toMatchObject(notFound);
    await expect(room.editor.delete(id, ADMIN)).rejects.toMatchObject(notFound);
    expect(room.events).toEqual([]);
  });

  describe('a rotation', () => {
    it('makes another secret, and the one before is good for the overlap', async () => {
      const { apiKey, secret } = await room.create({ requestsPerMinute: 7 });
      expect(await worth(secret)).toBe('good');
      const rotated = await room.editor.rotate(apiKey.id, 60, ADMIN);
      expect(rotated.secret).toMatch(/^amq_[A-Za-z0-9_-]{49}$/);
      expect(rotated.apiKey).toMatchObject({ requestsPerMinute: 7, prefix: rotated.secret.slice(0, 10) });
      expect(rotated.apiKey.previousExpiresAt).toEqual(later(60));
      clock.advance(59.999);
      expect([await worth(secret), await worth(rotated.secret)]).toEqual(['good', 'good']);
      clock.advance(0.001);
      expect([await worth(secret), await worth(rotated.secret)]).toEqual(['expired', 'good']);
    });

    it('without an overlap ends the secret before at once, on every replica', async () => {
      const other = replica();
      const { apiKey, secret } = await room.create();
      expect(await worth(secret, other)).toBe('good');
      const rotated = await room.editor.rotate(apiKey.id, 0, ADMIN);
      expect(rotated.apiKey.previousExpiresAt).toBeNull();
      expect([await worth(secret), await worth(secret, other)]).toEqual(['unknown', 'unknown']);
      expect(await worth(rotated.secret, other)).toBe('good');
    });

    it('within the overlap of another ends the oldest secret', async () => {
      const { apiKey, secret } = await room.create();
      const second = await room.editor.rotate(apiKey.id, 60, ADMIN);
      const third = await room.editor.rotate(apiKey.id, 60, ADMIN);
      expect(await Promise.all([secret, second.secret, third.secret].map((each) => worth(each)))).toEqual([
        'unknown',
        'good',
        'good',
      ]);
    });

    it('does not outlast the key, and a disabled key has no good secret', async () => {
      const { apiKey, secret } = await room.create({ expiresAt: later(10) });
      const rotated = await room.editor.rotate(apiKey.id, 60, ADMIN);
      clock.advance(10);
      expect([await worth(secret), await worth(rotated.secret)]).toEqual(['expired', 'expired']);
      await room.editor.update(apiKey.id, { expiresAt: null, enabled: false }, ADMIN);
      expect([await worth(secret), await worth(rotated.secret)]).toEqual(['disabled', 'disabled']);
    });

    it('of one key by two admins at once leaves the two last secrets', async () => {
      const { apiKey, secret } = await room.create();
      const [one, two] = await Promise.all([
        room.editor.rotate(apiKey.id, 60, ADMIN),
        replica().editor.rotate(apiKey.id, 60, ADMIN),
      ]);
      expect([await worth(secret), await worth(one.secret), await worth(two.secret)]).toEqual([
        'unknown',
        'good',
        'good',
      ]);
    });

    it('is audited without a secret or a digest', async () => {
      const { apiKey, secret } = await room.create();
      const rotated = await room.editor.rotate(apiKey.id, 60, ADMIN);
      expect(room.events.at(-1)).toEqual({
        actor: ADMIN,
        action: 'api-key.rotate',
        target: apiKey.id,
        details: { prefix: { from: apiKey.prefix, to: rotated.apiKey.prefix }, overlapSeconds: 60 },
      });
      const stored = JSON.stringify([room.events, await rows().find()]);
      for (const each of [secret, rotated.secret]) expect(stored).not.toContain(each.slice(10));
      expect(JSON.stringify(room.events)).not.toContain(rotated.apiKey.digest);
    });

    it('is refused for the key that is a setting', async () => {
      const { id } = await room.service.store('chosen by the operator', { name: 'x', scopes: ['admin'] }, ADMIN, true);
      await expect(room.editor.rotate(id, 0, ADMIN)).rejects.toMatchObject({
        kind: 'conflict',
        message: 'This key is the setting ADMIN_API_KEY: it is changed there, at a restart.',
      });
      expect(await worth('chosen by the operator')).toBe('good');
    });
  });

  describe('a deletion', () => {
    it('ends the key at once on every replica, tells who keeps something for it, and is audited', async () => {
      const other = replica();
      const { apiKey, secret } = await room.create();
      const deleted: string[] = [];
      room.editor.onDelete((keyId) => deleted.push(keyId));
      expect(await worth(secret, other)).toBe('good');
      await room.editor.delete(apiKey.id, ADMIN);
      expect([await worth(secret), await worth(secret, other)]).toEqual(['unknown', 'unknown']);
      expect(deleted).toEqual([apiKey.id]);
      expect(room.events.at(-1)).toEqual({
        actor: ADMIN,
        action: 'api-key.delete',
        target: apiKey.id,
        details: { name: 'a key', prefix: apiKey.prefix, scopes: ['inference'] },
      });
      await expect(room.editor.delete(apiKey.id, ADMIN)).rejects.toMatchObject({ kind: 'not_found' });
    });
  });

  describe('the last key of an administrator', () => {
    it.each<[string, (id: string) => Promise<unknown>]>([
      ['deleted', (id) => room.editor.delete(id, ADMIN)],
      ['disabled', (id) => room.editor.update(id, { enabled: false }, ADMIN)],
      ['made one that only reads', (id) => room.editor.update(id, { scopes: ['admin:read'] }, ADMIN)],
      ['made to expire', (id) => room.editor.update(id, { expiresAt: later(60) }, ADMIN)],
    ])('is not %s', async (_what, change) => {
      const { apiKey, secret } = await admin();
      await admin({ name: 'reads', scopes: ['admin:read', 'inference'] });
      await admin({ name: 'ends at once', expiresAt: later(1) });
      const disabled = await admin({ name: 'disabled' });
      await room.editor.update(disabled.apiKey.id, { enabled: false }, ADMIN);
      clock.advance(1);
      await expect(change(apiKey.id)).rejects.toMatchObject(LAST_ADMIN);
      expect(await rows().findOneBy({ id: apiKey.id })).toMatchObject({
        enabled: true,
        expiresAt: null,
        scopes: ['admin'],
      });
      expect(await worth(secret)).toBe('good');
      const another = await admin({ name: 'another' });
      await change(apiKey.id);
      expect(await worth(another.secret)).toBe('good');
    });

    it('may be changed otherwise, and last longer', async () => {
      const { apiKey } = await admin({ expiresAt: later(60) });
      await room.editor.update(apiKey.id, { name: 'x', requestsPerMinute: 1, expiresAt: later(90) }, ADMIN);
      await room.editor.update(apiKey.id, { scopes: ['admin', 'inference'], expiresAt: null }, ADMIN);
      await room.editor.rotate(apiKey.id, 0, ADMIN);
      expect(await rows().findOneBy({ id: apiKey.id })).toMatchObject({ enabled: true, expiresAt: null });
    });

    it('may expire while another outlasts it, and not when it is the one that lasts longest', async () => {
      const long = await admin();
      await admin({ expiresAt: later(60) });
      await expect(room.editor.update(long.apiKey.id, { expiresAt: later(60) }, ADMIN)).rejects.toMatchObject(
        LAST_ADMIN,
      );
      await room.editor.update(long.apiKey.id, { expiresAt: later(59) }, ADMIN);
    });

    it('stays when two replicas delete the last two at once', async () => {
      const one = await admin();
      const two = await admin();
      const ended = await Promise.allSettled([
        room.editor.delete(one.apiKey.id, ADMIN),
        replica().editor.delete(two.apiKey.id, ADMIN),
      ]);
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await rows().count()).toBe(1);
    });
  });
});
