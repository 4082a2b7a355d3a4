import { Global, Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { SecurityEvents } from '../auth/security-events/security-events.service.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Global()
@Module({ imports: [AuthModule], controllers: [MetricsController], providers: [Metrics], exports: [Metrics] })
export class MetricsModule {
  constructor(metrics: Metrics, securityEvents: SecurityEvents) {
    securityEvents.countWith((reason) => metrics.authFailed(reason));
  }
}
