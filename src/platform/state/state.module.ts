import { Global, Module } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { MemoryStateStore } from './memory-state-store.js';
import { RedisStateStore } from './redis-state-store.js';
import { StateStore } from './state-store.js';

@Global()
@Module({
  providers: [
    {
      provide: StateStore,
      inject: [Configuration],
      useFactory: ({ settings }: Configuration) =>
        settings.REDIS_URL ? new RedisStateStore(settings.REDIS_URL) : new MemoryStateStore(),
    },
  ],
  exports: [StateStore],
})
export class StateModule {}
