import type { DataSource } from 'typeorm';
import { newest, oldest, opensAll, type StoredKey } from '../../encryption/key-ring.js';
import { EncryptionKeys } from './encryption-keys.js';
import { SealedColumn } from './sealed-column.js';

export interface KeyStatus {
  id: string;
  /** `announced` and `taking over`: a change that is not finished. `retired`: it opens nothing any more. */
  use: 'announced' | 'taking over' | 'in use' | 'replaced' | 'retired';
  /** Undefined: of a time that did not keep it. */
  createdAt?: Date;
  /** Whether a service starts with it. */
  opens: boolean;
  /** Digests, such as those of API keys, are made with it. */
  makesDigests: boolean;
  /** Values that it encrypted, by column. */
  values: Record<string, number>;
}

/** Every key of the database, the newest first, and what is encrypted with it. */
export async function keyStatus(dataSource: DataSource): Promise<KeyStatus[]> {
  const stored = await new EncryptionKeys(dataSource).list();
  const counts = new Map<string, ReadonlyMap<string, number>>();
  for (const column of SealedColumn.allOf(dataSource)) counts.set(column.name, await column.countByKey());
  return stored.toReversed().map((key) => ({
    id: key.id,
    use: useOf(key, stored),
    ...(key.createdAt.getTime() > 0 && { createdAt: key.createdAt }),
    opens: opensAll(key.id, stored),
    makesDigests: oldest(stored)?.id === key.id,
    values: Object.fromEntries(Array.from(counts, ([column, byKey]) => [column, byKey.get(key.id) ?? 0])),
  }));
}

function useOf(key: StoredKey, stored: readonly StoredKey[]): KeyStatus['use'] {
  if (newest(stored)?.id !== key.id) return opensAll(key.id, stored) ? 'replaced' : 'retired';
  if (key.state === 'settled') return 'in use';
  return key.state === 'announced' ? 'announced' : 'taking over';
}
