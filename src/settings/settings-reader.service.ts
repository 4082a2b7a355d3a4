import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { StateStore } from '../platform/state/state-store.js';
import { whileClosing } from '../platform/while-closing.js';
import { rightFields } from './field-rules.js';
import { LiveSettings } from './live-settings.service.js';
import { SettingsRepository, type StoredSettings } from './settings.repository.js';

const CHANNEL = 'settings';
/** For replicas that share no state, and messages that got lost. */
const RELOAD_MS = 5_000;

/** Keeps this process' settings as they are stored: a change is told to every replica, and looked for every five seconds. */
@Injectable()
export class SettingsReader implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Settings');
  private timer?: NodeJS.Timeout;
  /** The reading that runs, or the last one; never rejects. */
  private last: Promise<unknown> = Promise.resolve();
  private next?: Promise<StoredSettings>;
  private ignored = '';
  private isReadable = true;

  constructor(
    private readonly repository: SettingsRepository,
    private readonly live: LiveSettings,
    private readonly state: StateStore,
  ) {}

  /** @throws when they can't be read: nobody wants a service that goes by half of its settings */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.state.subscribe(CHANNEL, () => void this.refreshQuietly());
    this.timer = setInterval(() => void this.refreshQuietly(), RELOAD_MS).unref();
  }

  /**
   * Reads them now, and goes by them when this resolves. One reading at a time, so that an older one never comes last:
   * who asks while one runs shares the next.
   */
  refresh(): Promise<StoredSettings> {
    this.next ??= this.last.then(() => {
      this.next = undefined;
      return this.read();
    });
    this.last = this.next.catch(() => undefined);
    return this.next;
  }

  /** Tells every replica, this one included, that they changed. */
  tell(): void {
    this.state.publish(CHANNEL, '');
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await whileClosing(this.last);
  }

  private async read(): Promise<StoredSettings> {
    const stored = await this.repository.read();
    const right = rightFields(stored.fields);
    this.warnOf(Object.keys(stored.fields).filter((field) => !Object.hasOwn(right, field)));
    const before = this.live.current;
    this.live.use(right, stored.revision);
    if (this.live.current !== before)
      this.logger.log({ msg: 'Settings changed', revision: stored.revision, changed: Object.keys(right) });
    return stored;
  }

  private warnOf(fields: readonly string[]): void {
    const ignored = fields.join(', ');
    if (ignored !== '' && ignored !== this.ignored)
      this.logger.warn(`Stored settings that this version does not know or take are left aside: ${ignored}`);
    this.ignored = ignored;
  }

  private async refreshQuietly(): Promise<void> {
    try {
      await this.refresh();
      this.isReadable = true;
    } catch (error) {
      if (this.isReadable)
        this.logger.error({ msg: 'The settings cannot be read; the last reading stays in use', err: error });
      this.isReadable = false;
    }
  }
}
