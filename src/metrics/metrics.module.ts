import { Global, Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { SecurityEvents } from '../auth/security-events/security-events.service.js';
import { Database } from '../platform/database/database.service.js';
import { Draining } from '../platform/draining.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Global()
@Module({ imports: [AuthModule], controllers: [MetricsController], providers: [Metrics], exports: [Metrics] })
export class MetricsModule {
  constructor(metrics: Metrics, securityEvents: SecurityEvents, draining: Draining, database: Database) {
    securityEvents.countWith((reason) => metrics.authFailed(reason));
    metrics.readReadiness({
      isDraining: () => draining.isDraining,
      databaseAnswers: () => database.answers(),
    });
  }
}
