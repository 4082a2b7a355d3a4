import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { databaseSchema } from './database-schema.js';
import { EdgesModule } from './edges/edges.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { Configuration } from './platform/config/configuration.js';
import { PlatformModule } from './platform/platform.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { UsageModule } from './usage/usage.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

@Module({})
export class AppModule {
  static register(configuration: Configuration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.register(configuration, databaseSchema),
        AuditModule,
        AuthModule,
        SettingsModule,
        MetricsModule,
        UsageModule,
        AccountsModule,
        WebhooksModule,
        ProxyModule,
        HealthModule,
        EdgesModule,
      ],
    };
  }
}
