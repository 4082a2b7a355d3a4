import { Controller, Get, Header } from '@nestjs/common';
import { PublicUnless } from '../auth/access/public.decorator.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { Metrics } from './metrics.service.js';

@Controller('metrics')
@PublicUnless((settings) => settings.METRICS_AUTH)
@Scope('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
