import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  UsePipes,
} from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../access/acting.decorator.js';
import { Scope } from '../access/scope.decorator.js';
import { PageQueryDto } from '../input/dto/page-query.dto.js';
import { InputValidationPipe } from '../input/input-validation.pipe.js';
import { ApiKeyService } from './api-key.service.js';
import { ApiKeyEditor } from './api-key-editor.service.js';
import { type ApiKeyDto, type ApiKeyPageDto, type CreatedApiKeyDto, encodeApiKey } from './dto/api-key.dto.js';
import { CreateApiKeyDto } from './dto/create-api-key.dto.js';
import { RotateApiKeyDto } from './dto/rotate-api-key.dto.js';
import { UpdateApiKeyDto } from './dto/update-api-key.dto.js';
import { settingsIn } from './key-settings.js';

/** `/v2/api-keys` (contract §4). */
@Controller('v2/api-keys')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly editor: ApiKeyEditor,
  ) {}

  /** Makes a key; the answer is the only one that holds it. */
  @Post()
  @Header('cache-control', 'no-store')
  async create(@Body() input: CreateApiKeyDto, @Acting() actor: Actor): Promise<CreatedApiKeyDto> {
    const { name, scopes } = input;
    const { apiKey, secret } = await this.apiKeys.create({ ...settingsIn(input), name, scopes }, actor);
    return { ...encodeApiKey(apiKey), key: secret };
  }

  /** Lists keys, the oldest first, a page at a time. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query() { limit, cursor }: PageQueryDto): Promise<ApiKeyPageDto> {
    const { apiKeys, nextCursor } = await this.apiKeys.list(limit, cursor);
    return { data: apiKeys.map(encodeApiKey), nextCursor };
  }

  /** Shows one key. */
  @Get(':id')
  @Header('cache-control', 'no-store')
  async show(@Param('id') id: string): Promise<ApiKeyDto> {
    return encodeApiKey(await this.editor.get(id));
  }

  /** Changes a key, at once on every replica. What is left out stays, null takes a limit away. */
  @Patch(':id')
  @Header('cache-control', 'no-store')
  async update(@Param('id') id: string, @Body() input: UpdateApiKeyDto, @Acting() actor: Actor): Promise<ApiKeyDto> {
    return encodeApiKey(await this.editor.update(id, settingsIn(input), actor));
  }

  /** Gives the key another secret, which only this answer holds; the one before stays good for `overlapSeconds`. */
  @Post(':id/rotate')
  @ApiBody({ type: RotateApiKeyDto, required: false })
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async rotate(
    @Param('id') id: string,
    @Body() { overlapSeconds }: RotateApiKeyDto,
    @Acting() actor: Actor,
  ): Promise<CreatedApiKeyDto> {
    const { apiKey, secret } = await this.editor.rotate(id, overlapSeconds, actor);
    return { ...encodeApiKey(apiKey), key: secret };
  }

  /** Deletes a key, and the responses that were stored for it. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  delete(@Param('id') id: string, @Acting() actor: Actor): Promise<void> {
    return this.editor.delete(id, actor);
  }
}
