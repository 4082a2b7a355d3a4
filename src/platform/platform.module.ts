import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Chance } from './chance.js';
import { Clock } from './clock.js';
import { Configuration } from './config/configuration.js';
import type { DatabaseSchema } from './database/data-source-options.js';
import { DatabaseModule } from './database/database.module.js';
import { DrainingModule } from './draining.js';
import { EncryptionModule } from './encryption/encryption.module.js';
import { StateModule } from './state/state.module.js';
import { Tracing } from './telemetry/tracing.js';

/** What every room stands on: configuration, clock, chance, encryption, database, shared state, traces. */
@Global()
@Module({})
export class PlatformModule {
  static register(configuration: Configuration, schema: DatabaseSchema): DynamicModule {
    return {
      module: PlatformModule,
      imports: [EncryptionModule, DatabaseModule.register(schema), StateModule, DrainingModule],
      providers: [
        { provide: Configuration, useValue: configuration },
        Clock,
        Chance,
        { provide: Tracing, useFactory: () => Tracing.open(configuration) },
      ],
      exports: [Configuration, Clock, Chance],
    };
  }
}
