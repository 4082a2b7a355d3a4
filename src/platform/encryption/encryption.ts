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

/** What is encrypted: the sign-ins of accounts, or conversations that clients asked to keep. */
export type SealedContent = 'secrets' | 'responses';
/** What is recognised by its digest: API keys, items of conversations, or the credentials of accounts. */
export type DigestedContent = 'api keys' | 'items' | 'credentials';

/**
 * What the service's one master key is used for. Every purpose has a derived key of its own (HKDF-SHA-256), so that
 * what leaks of one says nothing of another.
 */
export class Encryption {
  /** Names the master key without telling it; stands in front of every encrypted value. */
  readonly keyId: string;
  private readonly sealKeys: Record<SealedContent, Buffer>;
  /** Key objects: from bytes, every digest would set its key up anew, ten times the work. */
  private readonly digestKeys: Record<DigestedContent, KeyObject>;

  /** @param masterKey 32 bytes */
  constructor(masterKey: Buffer) {
    this.keyId = derive(masterKey, 'key id').subarray(0, 8).toString('hex');
    this.sealKeys = {
      secrets: derive(masterKey, 'stored secrets'),
      responses: derive(masterKey, 'stored responses'),
    };
    this.digestKeys = {
      'api keys': createSecretKey(derive(masterKey, 'api key digests')),
      items: createSecretKey(derive(masterKey, 'item digests')),
      credentials: createSecretKey(derive(masterKey, 'credential digests')),
    };
  }

  /** AES-256-GCM. `owner` (a row's id) is authenticated with it: a value moved to another row does not decrypt. */
  encrypt(plain: string, owner: string, content: SealedContent = 'secrets'): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.sealKeys[content], nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.keyId}.${sealed.toString('base64')}`;
  }

  /** @throws when the value was made with another key, for another owner or purpose, or changed since */
  decrypt(sealedText: string, owner: string, content: SealedContent = 'secrets'): string {
    const [keyId, encoded = ''] = sealedText.split('.');
    if (keyId !== this.keyId) throw new Error(`encrypted with key ${keyId}, not with ${this.keyId}`);
    const sealed = Buffer.from(encoded, 'base64');
    const decipher = createDecipheriv(ALGORITHM, this.sealKeys[content], sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }

  /** HMAC-SHA-256: recognises a secret again without keeping it. */
  digest(secret: string, content: DigestedContent = 'api keys'): string {
    return createHmac('sha256', this.digestKeys[content]).update(secret).digest('hex');
  }
}

function derive(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `amq-gateway ${purpose}`, 32));
}
