import { Controller, Get, HttpStatus, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AccountProbes } from '../accounts/health/account-probes.service.js';
import { Pool } from '../accounts/pool/pool.service.js';
import { Public, PublicUnless } from '../auth/access/public.decorator.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { ActiveApiKeys } from '../auth/api-keys/active-api-keys.service.js';
import { Database } from '../platform/database/database.service.js';
import { Draining } from '../platform/draining.js';
import { VERSION } from '../platform/version.js';
import { HealthDto, LiveDto, ReadyDto } from './health.dto.js';

/** Health for people and load balancers, probes for Kubernetes (contract §5). */
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly pool: Pool,
    private readonly probes: AccountProbes,
    private readonly apiKeys: ActiveApiKeys,
    private readonly database: Database,
    private readonly draining: Draining,
  ) {}

  /** How the gateway is, from memory: no query, no call. With `probe=true` one real request is sent through an account. */
  @Get()
  @PublicUnless((_settings, request) => wantsProbe(request))
  @Scope('admin')
  @ApiQuery({
    name: 'probe',
    required: false,
    description: '`true`: send one real request through an account; asks for a key with scope `admin`',
    schema: { type: 'boolean' },
  })
  @ApiResponse({ status: 200, type: HealthDto, description: 'Healthy or degraded' })
  @ApiResponse({ status: 503, type: HealthDto, description: 'Unhealthy' })
  async health(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<HealthDto> {
    const tested = wantsProbe(request) ? await this.test() : undefined;
    const accounts = this.pool.counts();
    const status = tested?.tested_account && !tested.test.ok ? 'unhealthy' : statusOf(accounts);
    if (status === 'unhealthy') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status,
      version: VERSION,
      uptime_seconds: Math.floor(process.uptime()),
      enabled_accounts: accounts.enabled,
      total_accounts: accounts.total,
      active_accounts: accounts.active,
      active_api_keys: this.apiKeys.count,
      ...tested,
    };
  }

  /** The process answers. */
  @Get('live')
  live(): LiveDto {
    return { status: 'alive' };
  }

  /** The database answers (it was migrated before the port opened) and the service is not on its way down. */
  @Get('ready')
  @ApiResponse({ status: 200, type: ReadyDto, description: 'Ready' })
  @ApiResponse({ status: 503, type: ReadyDto, description: 'Not ready' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadyDto> {
    const reason = this.draining.isDraining
      ? 'shutting down'
      : (await this.database.answers())
        ? undefined
        : 'database does not answer';
    if (reason === undefined) return { status: 'ready' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not ready', reason };
  }

  private async test() {
    const result = await this.probes.probeAny();
    if (!result) return { tested_account: null };
    const { id, ok, model, latencyMs, error } = result;
    return { tested_account: id, test: { ok, model, latency_ms: latencyMs, ...(error && { error }) } };
  }
}

function wantsProbe({ query }: Request): boolean {
  return query.probe === 'true' || query.probe === '1';
}

/** No account at all is a fresh install, not a failure (contract §10.6). */
function statusOf(accounts: { enabled: number; total: number; active: number }): HealthDto['status'] {
  if (accounts.total === 0) return 'degraded';
  if (accounts.active === 0) return 'unhealthy';
  return accounts.active < accounts.total ? 'degraded' : 'healthy';
}
