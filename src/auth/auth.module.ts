import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from './access/auth.guard.js';
import { ActiveApiKeys } from './api-keys/active-api-keys.service.js';
import { AdminKeySeeder } from './api-keys/admin-key-seeder.service.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { ApiKeyService } from './api-keys/api-key.service.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { LastUse } from './api-keys/last-use.js';

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
