import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import { Configuration } from '../platform/config/configuration.js';
import { type ChangedFields, environmentFields, type LiveFields, liveValues } from './live-fields.js';
import type { LiveValues } from './live-values.js';

/** The settings as they are now: those of the environment, but for what an administrator changed. */
@Injectable()
export class LiveSettings {
  private readonly logger = new Logger('Settings');
  private readonly listeners: ((values: LiveValues) => void)[] = [];
  /** What is used where nobody changed it. */
  readonly environment: LiveFields;
  private shown: LiveFields;
  private values: LiveValues;
  private usedRevision = 0;

  constructor(configuration: Configuration) {
    this.environment = environmentFields(configuration.settings);
    this.shown = this.environment;
    this.values = liveValues(this.shown);
  }

  /** Another object after each change, and only then. */
  get current(): LiveValues {
    return this.values;
  }

  /** Counts the changes that were stored, as the admin API shows it. */
  get revision(): number {
    return this.usedRevision;
  }

  /** The same by the paths of the admin API. */
  get fields(): LiveFields {
    return this.shown;
  }

  /** Called with the new values after each change. */
  onChange(listener: (values: LiveValues) => void): void {
    this.listeners.push(listener);
  }

  /** From now on: these, and the environment's for the rest. */
  use(changed: ChangedFields, revision = 0): void {
    this.usedRevision = revision;
    const next = { ...this.environment, ...changed };
    if (isDeepStrictEqual(next, this.shown)) return;
    this.shown = next;
    this.values = liveValues(next);
    for (const listener of this.listeners) this.tell(listener);
  }

  /** One that fails keeps no other from being told. */
  private tell(listener: (values: LiveValues) => void): void {
    try {
      listener(this.values);
    } catch (error) {
      this.logger.error({ msg: 'A change of settings was not taken over everywhere', err: error });
    }
  }
}
