import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UsePipes,
} from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { formatEtag } from '../../auth/input/if-match.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { AccountActions } from './account-actions.service.js';
import { AccountCreator } from './account-creator.service.js';
import { AccountEditor } from './account-editor.service.js';
import { AccountLists } from './account-lists.service.js';
import { AccountViews } from './account-views.service.js';
import { AccountDto, AccountPageDto } from './dto/account.dto.js';
import { AccountStatsDto } from './dto/account-stats.dto.js';
import { CreateAmazonqAccountDto, CreateAnthropicAccountDto } from './dto/create-account.dto.js';
import { ListAccountsDto } from './dto/list-accounts.dto.js';
import { UpdateAccountDto } from './dto/update-account.dto.js';
import { NewAccountPipe } from './new-account.pipe.js';

const ETAG = { ETag: { description: 'Of the revision, for `If-Match`', schema: { type: 'string', example: '"4"' } } };
const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag of an earlier answer: 412 when the account was changed since',
  schema: { type: 'string', example: '"4"' },
};

/** `/v2/accounts` (contract §4). Paths with more than an id stand in other controllers, before this one. */
@Controller('v2/accounts')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class AccountsController {
  constructor(
    private readonly lists: AccountLists,
    private readonly views: AccountViews,
    private readonly creator: AccountCreator,
    private readonly editor: AccountEditor,
    private readonly actions: AccountActions,
  ) {}

  /** Lists accounts, the oldest first, a page at a time. */
  @Get()
  @Header('cache-control', 'no-store')
  list(@Query() query: ListAccountsDto): Promise<AccountPageDto> {
    return this.lists.page(query);
  }

  /** Tells totals, and each account's counters. */
  @Get('stats')
  @Header('cache-control', 'no-store')
  stats(): Promise<AccountStatsDto> {
    return this.lists.stats();
  }

  /** Adds an account. Credentials that an account has already are refused with 409. */
  @Post()
  @Header('cache-control', 'no-store')
  @ApiExtraModels(CreateAmazonqAccountDto, CreateAnthropicAccountDto)
  @ApiBody({
    schema: {
      oneOf: [{ $ref: getSchemaPath(CreateAmazonqAccountDto) }, { $ref: getSchemaPath(CreateAnthropicAccountDto) }],
    },
  })
  @ApiResponse({
    status: 201,
    type: AccountDto,
    headers: { ...ETAG, Location: { description: 'Its path', schema: { type: 'string' } } },
  })
  async create(
    @Body(NewAccountPipe) account: CreateAmazonqAccountDto | CreateAnthropicAccountDto,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    const id = await this.creator.create(account, actor);
    response.setHeader('location', `/v2/accounts/${encodeURIComponent(id)}`);
    return this.answer(id, response);
  }

  /** Shows one account. */
  @Get(':id')
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async show(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<AccountDto> {
    return this.answer(id, response);
  }

  /** Changes an account. What is left out stays, null takes an optional field away. */
  @Patch(':id')
  @Header('cache-control', 'no-store')
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async update(
    @Param('id') id: string,
    @Body() changes: UpdateAccountDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    await this.editor.update(id, changes, { actor, action: 'account.update', ifMatch });
    return this.answer(id, response);
  }

  /** Deletes an account. One that comes from the environment is there again after a restart. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiHeader(IF_MATCH)
  delete(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Acting() actor: Actor,
  ): Promise<void> {
    return this.editor.delete(id, { actor, action: 'account.delete', ifMatch });
  }

  /** Renews the account's token now. */
  @Post(':id/refresh')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async refresh(
    @Param('id') id: string,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    await this.actions.refresh(id, actor);
    return this.answer(id, response);
  }

  /** Lets the account be chosen again. */
  @Post(':id/enable')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async enable(
    @Param('id') id: string,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    await this.actions.enable(id, actor);
    return this.answer(id, response);
  }

  /** Keeps the account from being chosen; what runs on it goes on. */
  @Post(':id/disable')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async disable(
    @Param('id') id: string,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    await this.actions.disable(id, actor);
    return this.answer(id, response);
  }

  /** Clears error count, breaker, suspension, spent quota and a missing sign-in: the account is tried again. */
  @Post(':id/reset')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: AccountDto, headers: ETAG })
  async reset(
    @Param('id') id: string,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccountDto> {
    await this.actions.reset(id, actor);
    return this.answer(id, response);
  }

  private async answer(id: string, response: Response): Promise<AccountDto> {
    const account = await this.views.of(id);
    response.setHeader('etag', formatEtag(account.revision));
    // The tag is of what an administrator sets: Express would answer 304 although status and counters changed.
    delete response.req.headers['if-none-match'];
    return account;
  }
}
