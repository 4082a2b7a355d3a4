import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import type { Account, Quota } from '../account.js';
import { ModelList } from '../models/model-list.service.js';
import { Breakers } from '../pool/breakers.service.js';
import { Pool } from '../pool/pool.service.js';
import { type ShownStatus, shownStatus } from '../shown-status.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { AccountListRepository } from './account-list.repository.js';
import type { AccountDto, BreakerDto, QuotaDto } from './dto/account.dto.js';

/** Of an id nobody knows, so much is repeated. */
const LONGEST_SHOWN_ID = 64;

/** Accounts as operators see them: the row, and what this process knows beside it. */
@Injectable()
export class AccountViews {
  constructor(
    private readonly accounts: AccountListRepository,
    private readonly pool: Pool,
    private readonly breakers: Breakers,
    private readonly models: ModelList,
    private readonly tokens: TokenKeeper,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError `not_found` */
  async of(id: string): Promise<AccountDto> {
    return this.encode(await this.find(id));
  }

  /**
   * As it is stored now.
   * @throws GatewayError `not_found`
   */
  async find(id: string): Promise<Account> {
    const account = await this.accounts.find(id);
    if (!account) throw accountNotFound(id);
    return account;
  }

  encode(account: Account): AccountDto {
    const shown = this.statusOf(account);
    return {
      id: account.id,
      label: account.label,
      provider: account.provider,
      enabled: account.enabled,
      status: shown.status,
      statusReason: shown.reason ?? null,
      statusSince: shown.since.toISOString(),
      statusUntil: timeOf(shown.until),
      weight: account.weight,
      priority: account.priority,
      requestsPerMinute: account.requestsPerMinute ?? null,
      maxConcurrent: account.maxConcurrent ?? null,
      region: account.region ?? null,
      ssoRegion: account.ssoRegion ?? null,
      profileArn: account.profileArn ?? null,
      apiEndpoint: account.apiEndpoint ?? null,
      tokenEndpoint: account.tokenEndpoint ?? null,
      binding: account.binding ?? null,
      origin: account.origin ?? null,
      baseUrl: account.baseUrl ?? null,
      startUrl: account.startUrl ?? null,
      tokenExpiresAt: timeOf(account.tokenExpiresAt),
      lastRefreshAt: timeOf(account.lastRefreshAt),
      registrationExpiresAt: timeOf(account.registrationExpiresAt),
      lastUsedAt: timeOf(account.lastUsedAt),
      quota: encodeQuota(account.quota),
      breaker: this.breakerOf(account.id),
      inFlight: this.pool.inFlight(account.id),
      requestCount: account.requestCount,
      errorCount: account.errorCount,
      models: this.models.known(account.id).map((model) => model.id),
      revision: account.revision,
      createdAt: account.createdAt.toISOString(),
      updatedAt: account.updatedAt.toISOString(),
    };
  }

  statusOf(account: Account): ShownStatus {
    return shownStatus(account, this.clock.now(), this.tokens.isRenewing(account.id));
  }

  breakerOf(id: string): BreakerDto {
    const { state, failures, openUntil } = this.breakers.view(id);
    return { state, failures, openUntil: state === 'closed' ? null : new Date(openUntil).toISOString() };
  }
}

export function encodeQuota(quota: Quota | undefined): QuotaDto | null {
  return quota ? { used: quota.used, limit: quota.limit, resetsAt: timeOf(quota.resetsAt) } : null;
}

export function timeOf(time: Date | undefined): string | null {
  return time?.toISOString() ?? null;
}

export function accountNotFound(id: string): GatewayError {
  return new GatewayError('not_found', `There is no account ${JSON.stringify(id.slice(0, LONGEST_SHOWN_ID))}`);
}
