import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes of a root key. */
export const KEY_BYTES = 32;
/** Characters of a key id: it stands in front of every encrypted value. */
export const KEY_ID_LENGTH = 16;

/** What is encrypted: the sign-ins of accounts, or conversations that clients asked to keep. */
export type SealedContent = 'secrets' | 'responses';
/** What is recognised by its digest: API keys, items of conversations, the credentials of accounts, or audit entries. */
export type DigestedContent = 'api keys' | 'items' | 'credentials' | 'audit';

/**
 * One key of 32 bytes and what it is used for. Every purpose has a derived key of its own (HKDF-SHA-256), so that what
 * leaks of one says nothing of another.
 */
export class RootKey {
  /** Names the key without telling it. */
  readonly id: string;
  private readonly sealKeys: Record<SealedContent | 'root keys', Buffer>;
  /** Key objects: from bytes, every digest would set its key up anew, ten times the work. */
  private readonly digestKeys: Record<DigestedContent, KeyObject>;

  /** @param bytes 32 of them */
  constructor(private readonly bytes: Buffer) {
    this.id = derive(bytes, 'key id')
      .subarray(0, KEY_ID_LENGTH / 2)
      .toString('hex');
    this.sealKeys = {
      secrets: derive(bytes, 'stored secrets'),
      responses: derive(bytes, 'stored responses'),
      'root keys': derive(bytes, 'root keys'),
    };
    this.digestKeys = {
      'api keys': createSecretKey(derive(bytes, 'api key digests')),
      items: createSecretKey(derive(bytes, 'item digests')),
      credentials: createSecretKey(derive(bytes, 'credential digests')),
      audit: createSecretKey(derive(bytes, 'audit chain')),
    };
  }

  /** The key itself, base64: as `ENCRYPTION_KEY` and the key file have it. */
  get text(): string {
    return this.bytes.toString('base64');
  }

  /** AES-256-GCM; `owner` is authenticated with it. */
  seal(plain: string, owner: string, content: SealedContent): string {
    return this.encrypt(plain, owner, content);
  }

  /** @throws when the value was made with another key, for another owner or content, or changed since */
  open(sealedText: string, owner: string, content: SealedContent): string {
    return this.decrypt(sealedText, owner, content);
  }

  /** HMAC-SHA-256 */
  digest(secret: string, content: DigestedContent): string {
    return createHmac('sha256', this.digestKeys[content]).update(secret).digest('hex');
  }

  /** Another key, encrypted with this one. */
  wrap(other: RootKey): string {
    return this.encrypt(other.text, other.id, 'root keys');
  }

  /** @throws when `wrapped` is not the key of this id, wrapped with this one */
  unwrap(id: string, wrapped: string): RootKey {
    const key = new RootKey(Buffer.from(this.decrypt(wrapped, id, 'root keys'), 'base64'));
    if (key.id !== id) throw new Error(`what is wrapped as key ${id} is key ${key.id}`);
    return key;
  }

  private encrypt(plain: string, owner: string, purpose: keyof typeof this.sealKeys): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.sealKeys[purpose], nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.id}.${sealed.toString('base64')}`;
  }

  private decrypt(sealedText: string, owner: string, purpose: keyof typeof this.sealKeys): string {
    const [keyId, encoded = ''] = sealedText.split('.');
    if (keyId !== this.id) throw new Error(`encrypted with key ${keyId}, not with ${this.id}`);
    const sealed = Buffer.from(encoded, 'base64');
    const decipher = createDecipheriv(ALGORITHM, this.sealKeys[purpose], sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `amq-gateway ${purpose}`, 32));
}
