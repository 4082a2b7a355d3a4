import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ActiveApiKeys } from './active-api-keys.service.js';
import { AdminKeySeeder } from './admin-key-seeder.service.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyService } from './api-key.service.js';
import { ApiKeysController } from './api-keys.controller.js';
import { AuthGuard } from './auth.guard.js';
import { LastUse } from './last-use.js';

/** API keys, and the guard in front of every route. Stands on the global modules of the platform. */
@Module({
  controllers: [ApiKeysController],
  providers: [
    ApiKeyRepository,
    ApiKeyService,
    LastUse,
    ActiveApiKeys,
    AdminKeySeeder,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [ApiKeyService, ActiveApiKeys, AdminKeySeeder],
})
export class AuthModule {}
