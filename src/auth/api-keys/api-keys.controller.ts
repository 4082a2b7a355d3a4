import { Body, Controller, Get, Header, Post, Query, UsePipes } from '@nestjs/common';
import { Scope } from '../access/scope.decorator.js';
import { PageQueryDto } from '../input/dto/page-query.dto.js';
import { InputValidationPipe } from '../input/input-validation.pipe.js';
import { ApiKeyService } from './api-key.service.js';
import { type ApiKeyPageDto, type CreatedApiKeyDto, encodeApiKey } from './dto/api-key.dto.js';
import { CreateApiKeyDto } from './dto/create-api-key.dto.js';

/** `/v2/api-keys` (contract §4). */
@Controller('v2/api-keys')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeyService) {}

  /** Makes a key; the answer is the only one that holds it. */
  @Post()
  @Header('cache-control', 'no-store')
  async create(@Body() { name, scopes, expiresAt }: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    const { apiKey, secret } = await this.apiKeys.create({
      name,
      scopes,
      expiresAt: expiresAt == null ? null : new Date(expiresAt),
    });
    return { ...encodeApiKey(apiKey), key: secret };
  }

  /** Lists keys, the oldest first, a page at a time. */
  @Get()
  async list(@Query() { limit, cursor }: PageQueryDto): Promise<ApiKeyPageDto> {
    const { apiKeys, nextCursor } = await this.apiKeys.list(limit, cursor);
    return { data: apiKeys.map(encodeApiKey), nextCursor };
  }
}
