import { Injectable } from '@nestjs/common';
import { cutPage, positionOf } from '../../auth/input/page.js';
import { Clock } from '../../platform/clock.js';
import { AccountDirectory } from '../account-directory.service.js';
import { TokenKeeper } from '../tokens/token-keeper.service.js';
import { AccountListRepository, type Moment } from './account-list.repository.js';
import { AccountViews } from './account-views.service.js';
import type { AccountPageDto } from './dto/account.dto.js';
import type { AccountStatsDto } from './dto/account-stats.dto.js';
import type { EarlierAccountDto, EarlierStatsDto } from './dto/earlier-account.dto.js';
import type { ListAccountsDto } from './dto/list-accounts.dto.js';
import { encodeEarlierAccount, encodeEarlierStats } from './encode-earlier.js';
import { encodeStats } from './encode-stats.js';

/** Lists and totals of accounts, as they are stored now. */
@Injectable()
export class AccountLists {
  constructor(
    private readonly accounts: AccountListRepository,
    private readonly views: AccountViews,
    private readonly directory: AccountDirectory,
    private readonly tokens: TokenKeeper,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError when `cursor` is not one of ours */
  async page({ limit, cursor, status, provider, enabled, q }: ListAccountsDto): Promise<AccountPageDto> {
    const filter = { status, provider, enabled: enabled === undefined ? undefined : enabled === 'true', text: q };
    const found = await this.accounts.page(filter, this.moment(), positionOf(cursor), limit + 1);
    const { items, nextCursor } = cutPage(found, limit);
    return { data: items.map((account) => this.views.encode(account)), nextCursor };
  }

  async stats(): Promise<AccountStatsDto> {
    const accounts = await this.accounts.all();
    return encodeStats(accounts.map((account) => this.views.encode(account)));
  }

  async earlier(): Promise<EarlierAccountDto[]> {
    const accounts = await this.accounts.all();
    return accounts.map((account) => encodeEarlierAccount(this.views.encode(account)));
  }

  async earlierStats(): Promise<EarlierStatsDto> {
    return encodeEarlierStats(await this.earlier());
  }

  /** What statuses depend on beside the rows. */
  private moment(): Moment {
    const ids = Array.from(this.directory.list(), (account) => account.id);
    return { now: this.clock.now(), renewing: ids.filter((id) => this.tokens.isRenewing(id)) };
  }
}
