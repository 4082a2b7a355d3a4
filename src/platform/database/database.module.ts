import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration } from '../config/configuration.js';
import { Encryption } from '../encryption/encryption.js';
import { whileClosing } from '../while-closing.js';
import type { DatabaseSchema } from './data-source-options.js';
import { KeyWatcher } from './keys/key-watcher.service.js';
import { openDatabase } from './open-database.js';

/** Closes the connections last, and tells health whether the database answers. */
@Injectable()
export class Database implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async answers(): Promise<boolean> {
    try {
      await this.dataSource.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await whileClosing(this.dataSource.destroy());
  }
}

@Module({})
export class DatabaseModule {
  /** The tables belong to upper rooms, so the application hands them in. */
  static register(schema: DatabaseSchema): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          inject: [Configuration, Encryption],
          useFactory: (configuration: Configuration, encryption: Encryption) =>
            openDatabase(configuration.settings, schema, encryption),
        },
        Database,
        KeyWatcher,
      ],
      exports: [DataSource, Database],
    };
  }
}
