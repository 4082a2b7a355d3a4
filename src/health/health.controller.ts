import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Pool } from '../accounts/pool/pool.service.js';
import { ActiveApiKeys } from '../auth/active-api-keys.service.js';
import { Public } from '../auth/public.decorator.js';
import { Database } from '../platform/database/database.module.js';
import { Draining } from '../platform/draining.js';
import { VERSION } from '../platform/version.js';

type Status = 'healthy' | 'degraded' | 'unhealthy';

/** Health for people and load balancers, probes for Kubernetes (contract §5). */
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly pool: Pool,
    private readonly apiKeys: ActiveApiKeys,
    private readonly database: Database,
    private readonly draining: Draining,
  ) {}

  /** Answers from memory: no query, no call. */
  @Get()
  health(@Res({ passthrough: true }) response: Response) {
    const accounts = this.pool.counts();
    const status = statusOf(accounts);
    if (status === 'unhealthy') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status,
      version: VERSION,
      uptime_seconds: Math.floor(process.uptime()),
      enabled_accounts: accounts.enabled,
      total_accounts: accounts.total,
      active_accounts: accounts.active,
      active_api_keys: this.apiKeys.count,
    };
  }

  @Get('live')
  live() {
    return { status: 'alive' };
  }

  /** The database answers (it was migrated before the port opened) and the service is not on its way down. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const reason = this.draining.isDraining
      ? 'shutting down'
      : (await this.database.answers())
        ? undefined
        : 'database does not answer';
    if (reason === undefined) return { status: 'ready' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not ready', reason };
  }
}

/** No account at all is a fresh install, not a failure (contract §10.6). */
function statusOf(accounts: { enabled: number; total: number; active: number }): Status {
  if (accounts.total === 0) return 'degraded';
  if (accounts.active === 0) return 'unhealthy';
  return accounts.active < accounts.total ? 'degraded' : 'healthy';
}
