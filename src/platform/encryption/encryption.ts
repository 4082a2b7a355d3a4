import { encryptingKey, oldest, openRing, type StoredKey } from './key-ring.js';
import { type DigestedContent, RootKey, type SealedContent } from './root-key.js';

/**
 * Encrypts what is stored, and recognises secrets that are not. It begins with the one key the service was given and
 * learns the others from the database: new values are encrypted with the newest, older ones are read with theirs.
 */
export class Encryption {
  /** The key that opens the others. */
  readonly masterKeyId: string;
  private keys: ReadonlyMap<string, RootKey>;
  private current: RootKey;
  /** Digests never change: what they were made of is not known any more. */
  private digesting: RootKey;
  private readonly unknownKeyListeners: (() => void)[] = [];

  /** @param masterKey 32 bytes */
  constructor(masterKey: Buffer) {
    const key = new RootKey(masterKey);
    this.masterKeyId = key.id;
    this.keys = new Map([[key.id, key]]);
    this.current = key;
    this.digesting = key;
  }

  /** Names the key that encrypts, without telling it; stands in front of every encrypted value. */
  get keyId(): string {
    return this.current.id;
  }

  /**
   * Takes over the keys of the database. What was learnt before stays known.
   * @returns those that can't be opened
   */
  learn(stored: readonly StoredKey[]): StoredKey[] {
    this.keys = openRing(this.keys, stored);
    const isKnown = ({ id }: StoredKey) => this.keys.has(id);
    const [current, digesting] = [encryptingKey(stored.filter(isKnown)), oldest(stored)];
    this.current = this.keys.get(current?.id ?? '') ?? this.current;
    this.digesting = this.keys.get(digesting?.id ?? '') ?? this.digesting;
    return stored.filter((key) => !isKnown(key));
  }

  /** A key it knows. */
  key(id: string): RootKey | undefined {
    return this.keys.get(id);
  }

  knownKeys(): RootKey[] {
    return [...this.keys.values()];
  }

  /** Called when a value turns up whose key is not known: there may be a new one. */
  onUnknownKey(listener: () => void): void {
    this.unknownKeyListeners.push(listener);
  }

  /** AES-256-GCM. `owner` (a row's id) is authenticated with it: a value moved to another row does not decrypt. */
  encrypt(plain: string, owner: string, content: SealedContent = 'secrets'): string {
    return this.current.seal(plain, owner, content);
  }

  /** @throws when the value was made with an unknown key, for another owner or purpose, or changed since */
  decrypt(sealedText: string, owner: string, content: SealedContent = 'secrets'): string {
    const keyId = sealedText.slice(0, Math.max(0, sealedText.indexOf('.')));
    const key = this.keys.get(keyId);
    if (key) return key.open(sealedText, owner, content);
    for (const listener of this.unknownKeyListeners) listener();
    throw new Error(`encrypted with key ${keyId}, not with ${this.keyId}`);
  }

  /** HMAC-SHA-256: recognises a secret again without keeping it. */
  digest(secret: string, content: DigestedContent = 'api keys'): string {
    return this.digesting.digest(secret, content);
  }
}
