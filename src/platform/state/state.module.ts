import { Global, Module } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Configuration } from '../config/configuration.js';
import { MemoryStateStore } from './memory-state-store.js';
import { RedisStateStore } from './redis-state-store.js';
import { StateStore } from './state-store.js';

@Global()
@Module({
  providers: [
    {
      provide: StateStore,
      inject: [Configuration, Clock],
      useFactory: ({ settings }: Configuration, clock: Clock) =>
        settings.REDIS_URL ? new RedisStateStore(settings.REDIS_URL, clock) : new MemoryStateStore(clock),
    },
  ],
  exports: [StateStore],
})
export class StateModule {}
