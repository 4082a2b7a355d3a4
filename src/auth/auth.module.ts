import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AuthGuard } from './access/auth.guard.js';
import { Authenticator } from './access/authenticator.service.js';
import { ActiveApiKeys } from './api-keys/active-api-keys.service.js';
import { AdminKeySeeder } from './api-keys/admin-key-seeder.service.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { ApiKeyService } from './api-keys/api-key.service.js';
import { ApiKeyEditor } from './api-keys/api-key-editor.service.js';
import { ApiKeyWrites } from './api-keys/api-key-writes.service.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { KeyLookUps } from './api-keys/key-look-ups.service.js';
import { LastUse } from './api-keys/last-use.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditedFailures } from './audit/audited-failures.interceptor.js';
import { FailedKeys } from './failed-attempts/failed-keys.service.js';
import { SecurityEvents } from './security-events/security-events.service.js';

/** API keys, and the guard in front of every route. Stands on the global modules of the platform. */
@Module({
  controllers: [ApiKeysController, AuditController],
  providers: [
    ApiKeyRepository,
    KeyLookUps,
    ApiKeyWrites,
    ApiKeyService,
    ApiKeyEditor,
    LastUse,
    ActiveApiKeys,
    AdminKeySeeder,
    FailedKeys,
    SecurityEvents,
    Authenticator,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: AuditedFailures },
  ],
  exports: [ApiKeyService, ApiKeyEditor, ActiveApiKeys, AdminKeySeeder, SecurityEvents],
})
export class AuthModule {}
