import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Configuration } from '../config/configuration.js';
import { Encryption } from '../encryption/encryption.js';
import type { DatabaseSchema } from './data-source-options.js';
import { Database } from './database.service.js';
import { KeyWatcher } from './keys/key-watcher.service.js';
import { openDatabase } from './open-database.js';

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
