import type { DataSource } from 'typeorm';
import { type Actor, type AuditEvent, SYSTEM } from '../../src/audit/audit-event.js';
import type { AuditLog } from '../../src/audit/audit-log.service.js';
import type { Scope } from '../../src/auth/access/scope.js';
import { ActiveApiKeys } from '../../src/auth/api-keys/active-api-keys.service.js';
import { ApiKeyRepository } from '../../src/auth/api-keys/api-key.repository.js';
import { ApiKeyService, type NewApiKey } from '../../src/auth/api-keys/api-key.service.js';
import { ApiKeyEditor } from '../../src/auth/api-keys/api-key-editor.service.js';
import { ApiKeyWrites } from '../../src/auth/api-keys/api-key-writes.service.js';
import { type Authentication, isRefused } from '../../src/auth/api-keys/authentication.js';
import { KeyLookUps } from '../../src/auth/api-keys/key-look-ups.service.js';
import { LastUse } from '../../src/auth/api-keys/last-use.js';
import type { Encryption } from '../../src/platform/encryption/encryption.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import type { TestClock } from './test-clock.js';

export const ADMIN: Actor = { name: 'an admin', keyId: 'key-of-the-admin', address: '127.0.0.1' };

export const newKey = (overrides: Partial<NewApiKey> = {}): NewApiKey => ({
  name: 'a key',
  scopes: ['inference'],
  ...overrides,
});

interface Surroundings {
  dataSource: DataSource;
  encryption: Encryption;
  clock: TestClock;
  /** What replicas share; one of its own unless given. */
  state?: StateStore;
}

/** Keys as one replica sees them, with caches of its own over the database. */
export function openApiKeys({ dataSource, encryption, clock, state = new MemoryStateStore(clock) }: Surroundings) {
  const repository = new ApiKeyRepository(dataSource);
  const events: AuditEvent[] = [];
  const audit = { record: async (event: AuditEvent) => void events.push(event) } as AuditLog;
  const lookUps = new KeyLookUps(repository, encryption, state, clock);
  const lastUse = new LastUse(repository, clock);
  const writes = new ApiKeyWrites(lookUps, new ActiveApiKeys(repository, clock), audit);
  const service = new ApiKeyService(repository, encryption, lookUps, writes, lastUse, clock);
  const editor = new ApiKeyEditor(repository, writes, encryption, state, clock);
  return {
    repository,
    events,
    lookUps,
    lastUse,
    writes,
    service,
    editor,
    state,
    create: (overrides?: Partial<NewApiKey>) => service.create(newKey(overrides), SYSTEM),
    /** Until what runs off the path of a request is done. */
    settled: () => lastUse.beforeApplicationShutdown(),
  };
}

export type ApiKeysRoom = ReturnType<typeof openApiKeys>;

/** What the owner of a secret may do; undefined when it is refused. */
export async function scopesOf(
  authentication: Authentication | Promise<Authentication>,
): Promise<ReadonlySet<Scope> | undefined> {
  const found = await authentication;
  return isRefused(found) ? undefined : found.identity.scopes;
}
