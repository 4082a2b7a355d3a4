import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Encryption } from '../../encryption/encryption.js';
import { whileClosing } from '../../while-closing.js';
import { EncryptionKeys } from './encryption-keys.js';

/** How often a service looks for new keys; one that rotates waits for it (`npm run encryption`). */
export const KEY_WATCH_MS = 5_000;

/** Learns of keys that come while the service runs. */
@Injectable()
export class KeyWatcher implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Encryption');
  private readonly keys: EncryptionKeys;
  private timer?: NodeJS.Timeout;
  private reading?: Promise<void>;
  private isStopping = false;
  /** What was complained about last, so that it is said once. */
  private complaint?: string;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.keys = new EncryptionKeys(dataSource);
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.look(), KEY_WATCH_MS).unref();
    this.encryption.onUnknownKey(() => void this.look());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await whileClosing(this.reading);
  }

  /** Reads the keys now; calls at once share one reading. Never rejects: what is known stays in use. */
  look(): Promise<void> {
    if (this.isStopping) return this.reading ?? Promise.resolve();
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    try {
      const before = this.encryption.keyId;
      const unopened = this.encryption.learn(await this.keys.list());
      const { keyId } = this.encryption;
      if (keyId !== before) this.logger.log({ msg: `Secrets are encrypted with key ${keyId} from now on`, keyId });
      const ids = unopened.map(({ id }) => id).join(', ');
      this.complain(ids && `Key ${ids} can't be opened: start the service again with the newest ENCRYPTION_KEY`);
    } catch (error) {
      const { message } = Error.isError(error) ? error : { message: String(error) };
      this.complain(`The encryption keys can't be read; those that are known stay in use: ${message}`);
    }
  }

  private complain(text: string): void {
    if (text && text !== this.complaint) this.logger.error(text);
    this.complaint = text;
  }
}
