import { Controller, Get, Header, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { AccountActions } from './account-actions.service.js';
import { AccountLists } from './account-lists.service.js';
import { AccountViews } from './account-views.service.js';
import { EarlierAccountDto, EarlierStatsDto } from './dto/earlier-account.dto.js';
import { encodeEarlierAccount } from './encode-earlier.js';

/** What scripts of the earlier systems call (contract §4): the same accounts, in the words of those systems. */
@Controller(['admin/accounts', 'accounts'])
@Scope('admin')
export class EarlierAccountsController {
  constructor(
    private readonly lists: AccountLists,
    private readonly views: AccountViews,
    private readonly actions: AccountActions,
  ) {}

  /** Lists all accounts. */
  @Get()
  @Header('cache-control', 'no-store')
  list(): Promise<EarlierAccountDto[]> {
    return this.lists.earlier();
  }

  /** Tells totals, and lists all accounts. */
  @Get('stats')
  @Header('cache-control', 'no-store')
  stats(): Promise<EarlierStatsDto> {
    return this.lists.earlierStats();
  }

  /** Shows one account. */
  @Get(':id')
  @Header('cache-control', 'no-store')
  async show(@Param('id') id: string): Promise<EarlierAccountDto> {
    return encodeEarlierAccount(await this.views.of(id));
  }

  /** Lets the account be chosen again. */
  @Post(':id/enable')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async enable(@Param('id') id: string, @Acting() actor: Actor): Promise<EarlierAccountDto> {
    await this.actions.enable(id, actor);
    return this.show(id);
  }

  /** Keeps the account from being chosen. */
  @Post(':id/disable')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async disable(@Param('id') id: string, @Acting() actor: Actor): Promise<EarlierAccountDto> {
    await this.actions.disable(id, actor);
    return this.show(id);
  }

  /** Clears error count, suspension, spent quota and a missing sign-in. */
  @Post(':id/reset')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async reset(@Param('id') id: string, @Acting() actor: Actor): Promise<EarlierAccountDto> {
    await this.actions.reset(id, actor);
    return this.show(id);
  }
}
