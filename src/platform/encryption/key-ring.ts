import type { RootKey } from './root-key.js';

/**
 * What a key is used for. `announced`: services learn it, nobody encrypts with it yet. `taking_over`: new values are
 * encrypted with it, older ones are being re-encrypted. `settled`: nothing is left of the keys before it.
 */
export const KEY_STATES = ['announced', 'taking_over', 'settled'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** One key, encrypted with another. */
export interface WrappedKey {
  keyId: string;
  wrappedBy: string;
  wrapped: string;
}

/** A key of the database, as far as it may be told. */
export interface StoredKey {
  id: string;
  /** 1, 2, 3 …: the order in which they came. */
  generation: number;
  state: KeyState;
  createdAt: Date;
  wraps: readonly WrappedKey[];
}

/** Opens what can be opened with the known keys, and with what that opens. */
export function openRing(known: ReadonlyMap<string, RootKey>, stored: readonly StoredKey[]): Map<string, RootKey> {
  const opened = new Map(known);
  const follow = (wrap: WrappedKey) => {
    const key = unwrapped(opened.get(wrap.wrappedBy), wrap);
    if (key) opened.set(key.id, key);
    return key !== undefined;
  };
  reach(opened, stored, follow);
  return opened;
}

/** Whether one key alone opens all the others. */
export function opensAll(id: string, stored: readonly StoredKey[]): boolean {
  const reached = new Set([id]);
  reach(reached, stored, (wrap) => {
    if (reached.has(wrap.wrappedBy)) reached.add(wrap.keyId);
    return reached.has(wrap.keyId);
  });
  return stored.every((key) => reached.has(key.id));
}

/** New values are encrypted with it. */
export function encryptingKey(stored: readonly StoredKey[]): StoredKey | undefined {
  return newest(stored.filter(({ state }) => state !== 'announced'));
}

export function newest(stored: readonly StoredKey[]): StoredKey | undefined {
  return stored.toSorted((one, other) => other.generation - one.generation)[0];
}

export function oldest(stored: readonly StoredKey[]): StoredKey | undefined {
  return stored.toSorted((one, other) => one.generation - other.generation)[0];
}

/** Follows wraps until none leads further. */
function reach(
  reached: { has(id: string): boolean },
  stored: readonly StoredKey[],
  follow: (wrap: WrappedKey) => boolean,
): void {
  for (let before = stored.length + 1, missing = stored; missing.length > 0 && missing.length < before; ) {
    before = missing.length;
    missing = missing.filter((key) => !reached.has(key.id) && !key.wraps.some(follow));
  }
}

function unwrapped(by: RootKey | undefined, { keyId, wrapped }: WrappedKey): RootKey | undefined {
  try {
    return by?.unwrap(keyId, wrapped);
  } catch {
    // Damaged, or not what it says it is: as if it were not there.
    return undefined;
  }
}
