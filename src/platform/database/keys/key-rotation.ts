import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Encryption } from '../../encryption/encryption.js';
import type { KeyFile } from '../../encryption/key-file.js';
import { newest, opensAll, type StoredKey, type WrappedKey } from '../../encryption/key-ring.js';
import { KEY_BYTES, RootKey } from '../../encryption/root-key.js';
import { EncryptionKeys } from './encryption-keys.js';
import { type Pass, reEncrypt } from './re-encrypt.js';
import { lockRotation } from './rotation-lock.js';
import { SealedColumn } from './sealed-column.js';

/** After each statement at least, and as long as it took: the service writes as well. */
const SHORTEST_PAUSE_MS = 10;
const BETWEEN_PASSES_MS = 100;
const WAIT_STEP_MS = 1_000;
/** Of a SQLite file that is written anew: the service can't write meanwhile, and waits for five seconds at most. */
const MOST_REWRITTEN_BYTES = 64 * 1024 ** 2;

/** What happens, as it happens. */
export type RotationStep =
  /** The new key is in the database; every service can read what it encrypts as soon as it looks. */
  | { step: 'announced'; keyId: string; before: string; isContinued: boolean }
  | { step: 'waiting'; secondsLeft: number }
  | { step: 'key file written'; path: string }
  /** Services encrypt with the new key as soon as they look. */
  | { step: 'taking over'; keyId: string }
  /** Rows of one statement. */
  | { step: 'rows written'; column: string; rows: number }
  | { step: 'unreadable rows'; column: string; rows: number; first: string }
  /** Nothing is left of earlier keys. */
  | { step: 'settled'; keyId: string }
  | { step: 'retired'; keyId: string }
  /** The file has nothing left of what earlier keys encrypted; false: it is too large to be written anew now. */
  | { step: 'file rewritten'; isRewritten: boolean };

export interface RotationSurroundings {
  /** With SQLite and no `ENCRYPTION_KEY`: where the key is. */
  keyFile?: KeyFile;
  /** How long running services may take to look for keys. */
  waitMs: number;
  now(): number;
  pause(ms: number): Promise<void>;
  report(step: RotationStep): void | Promise<void>;
}

/**
 * Changes the key of a database that services are using. Each step leaves a database that opens with the old key and
 * with the new one, until the old one is retired; whatever ends it, it can be run again.
 */
export class KeyRotation {
  private readonly keys: EncryptionKeys;

  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
    private readonly surroundings: RotationSurroundings,
  ) {
    this.keys = new EncryptionKeys(dataSource);
  }

  /**
   * Encrypts everything with a new key, or finishes what was begun before.
   * @param given the new key; without one, and with a key file, it is made here
   * @param retires the keys before open nothing afterwards
   * @returns the new key's id
   * @throws Error in words for the operator
   */
  rotate(given: RootKey | undefined, retires: boolean): Promise<string> {
    return this.alone(async () => {
      const { id, state } = await this.begin(given);
      if (retires) this.refuseLosing(id, given);
      if (state === 'announced') await this.waitUntil(this.surroundings.now() + this.surroundings.waitMs);
      await this.writeKeyFile(id);
      await this.keys.setState(id, 'taking_over');
      await this.learn();
      await this.report({ step: 'taking over', keyId: id });
      await this.reEncryptAll(this.surroundings.now() + this.surroundings.waitMs);
      await this.keys.setState(id, 'settled');
      await this.report({ step: 'settled', keyId: id });
      if (retires) await this.forget((await this.learn()).map((key) => key.id).filter((each) => each !== id));
      return id;
    });
  }

  /**
   * From then on the key opens nothing. It stays in the database, encrypted with the newer ones: digests are made with
   * the oldest key for ever.
   * @throws Error in words for the operator
   */
  retire(id: string): Promise<void> {
    return this.alone(async () => {
      const stored = await this.learn();
      this.refuseRetiring(id, stored);
      // A service that was stopped for long may have used it.
      await this.reEncryptAll(this.surroundings.now());
      await this.forget([id]);
    });
  }

  private async begin(given: RootKey | undefined): Promise<StoredKey> {
    this.surroundings.keyFile?.assertReplaceable();
    const stored = await this.learn();
    const before = newest(stored);
    const wrapping = before && this.encryption.key(before.id);
    if (!before || !wrapping) throw new Error('The database has no key yet');
    if (before.state !== 'settled') return this.goOn(before, stored, given);
    const key = given ?? this.makeKey();
    if (stored.some(({ id }) => id === key.id)) {
      throw new Error(`Key ${key.id} is ${key.id === before.id ? 'in use already' : 'an earlier one'}: give a new key`);
    }
    const wraps: WrappedKey[] = [wrap(key, wrapping)];
    for (const known of this.encryption.knownKeys()) wraps.push(wrap(known, key));
    const createdAt = new Date(this.surroundings.now());
    await this.keys.announce(key.id, before.generation + 1, wraps, createdAt);
    await this.learn();
    await this.report({ step: 'announced', keyId: key.id, before: before.id, isContinued: false });
    return { id: key.id, generation: before.generation + 1, state: 'announced', createdAt, wraps };
  }

  private async goOn(unfinished: StoredKey, stored: readonly StoredKey[], given?: RootKey): Promise<StoredKey> {
    if (given && given.id !== unfinished.id) {
      throw new Error(
        `The change to key ${unfinished.id} is not finished: run the command again without a new key, or with that one`,
      );
    }
    const before = stored.find(({ generation }) => generation === unfinished.generation - 1);
    await this.report({ step: 'announced', keyId: unfinished.id, before: before?.id ?? '', isContinued: true });
    return unfinished;
  }

  /** Whoever retires the old key has to have the new one: nothing else would open the database. */
  private refuseLosing(id: string, given: RootKey | undefined): void {
    if (given || this.surroundings.keyFile || this.encryption.masterKeyId === id) return;
    throw new Error(`To retire the keys before, key ${id} has to be given: --new-key-env NAME or --new-key-file PATH`);
  }

  private makeKey(): RootKey {
    if (!this.surroundings.keyFile)
      throw new Error('With ENCRYPTION_KEY the new key has to be given: --new-key-env NAME or --new-key-file PATH');
    return new RootKey(randomBytes(KEY_BYTES));
  }

  private async writeKeyFile(id: string): Promise<void> {
    const { keyFile } = this.surroundings;
    const key = this.encryption.key(id);
    if (!keyFile || !key) return;
    keyFile.replace(key);
    await this.report({ step: 'key file written', path: keyFile.path });
  }

  /** Until a pass that began after `until` finds nothing. */
  private async reEncryptAll(until: number): Promise<void> {
    const columns = SealedColumn.allOf(this.dataSource);
    for (;;) {
      const isLate = this.surroundings.now() >= until;
      const passes: { name: string; pass: Pass }[] = [];
      for (const column of columns) passes.push({ name: column.name, pass: await this.reEncryptOne(column) });
      const isClean = passes.every(({ pass }) => pass.replaced === 0 && pass.missed === 0);
      if (isClean && isLate) return this.reportUnreadable(passes);
      if (isClean) await this.waitUntil(until);
      else await this.surroundings.pause(BETWEEN_PASSES_MS);
    }
  }

  private reEncryptOne(column: SealedColumn): Promise<Pass> {
    return reEncrypt(column, this.encryption, async (rows, tookMs) => {
      await this.report({ step: 'rows written', column: column.name, rows });
      await this.surroundings.pause(Math.max(SHORTEST_PAUSE_MS, tookMs));
    });
  }

  private async reportUnreadable(passes: readonly { name: string; pass: Pass }[]): Promise<void> {
    for (const { name, pass } of passes) {
      const { unreadable: rows, unreadableRow: first = [] } = pass;
      if (rows > 0) await this.report({ step: 'unreadable rows', column: name, rows, first: first.join(' ') });
    }
  }

  private refuseRetiring(id: string, stored: readonly StoredKey[]): void {
    const current = newest(stored);
    if (!current || stored.every((key) => key.id !== id)) {
      throw new Error(`There is no key ${id}; there are: ${stored.map((key) => key.id).join(', ')}`);
    }
    if (current.id === id) throw new Error(`Key ${id} is the one in use`);
    if (current.state !== 'settled')
      throw new Error(`The change to key ${current.id} is not finished: run \`rotate\` again first`);
    if (this.encryption.masterKeyId === id) {
      throw new Error(
        `Key ${id} is the ENCRYPTION_KEY of this very command: give it, and every replica, the new key first`,
      );
    }
    const withoutIt = stored.map((key) => ({ ...key, wraps: key.wraps.filter(({ wrappedBy }) => wrappedBy !== id) }));
    if (!opensAll(current.id, withoutIt))
      throw new Error(`Without key ${id} key ${current.id} does not open the others`);
  }

  private async forget(ids: readonly string[]): Promise<void> {
    const opening = new Set((await this.keys.list()).flatMap(({ wraps }) => wraps.map(({ wrappedBy }) => wrappedBy)));
    for (const id of ids) {
      if (opening.has(id)) {
        await this.keys.deleteWrapsBy(id);
        await this.report({ step: 'retired', keyId: id });
      }
      this.surroundings.keyFile?.forgetOld(id);
    }
    if (this.dataSource.options.type !== 'postgres') await this.rewriteFile();
  }

  /** What was overwritten long ago stands in unused parts of a SQLite file, and the old key would read it. */
  private async rewriteFile(): Promise<void> {
    const [size] = await this.dataSource.query(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()',
    );
    const isRewritten = Number(size?.bytes) <= MOST_REWRITTEN_BYTES;
    if (isRewritten) await this.dataSource.query('VACUUM');
    await this.dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
    await this.report({ step: 'file rewritten', isRewritten });
  }

  private async learn(): Promise<StoredKey[]> {
    const stored = await this.keys.list();
    this.encryption.learn(stored);
    return stored;
  }

  private async waitUntil(time: number): Promise<void> {
    for (let left = time - this.surroundings.now(); left > 0; left = time - this.surroundings.now()) {
      await this.report({ step: 'waiting', secondsLeft: Math.ceil(left / 1000) });
      await this.surroundings.pause(Math.min(left, WAIT_STEP_MS));
    }
  }

  private async report(step: RotationStep): Promise<void> {
    await this.surroundings.report(step);
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    const unlock = await lockRotation(this.dataSource);
    if (!unlock) throw new Error('Another command is changing the key of this database: wait until it has ended');
    try {
      // What is overwritten is not to be found in the file either, as far as SQLite can help it.
      if (this.dataSource.options.type !== 'postgres') await this.dataSource.query('PRAGMA secure_delete = ON');
      return await work();
    } finally {
      await unlock();
    }
  }
}

function wrap(key: RootKey, by: RootKey): WrappedKey {
  return { keyId: key.id, wrappedBy: by.id, wrapped: by.wrap(key) };
}
