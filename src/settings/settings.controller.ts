import { Body, Controller, Get, Header, Headers, Patch, Res, UsePipes } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Actor } from '../audit/audit-event.js';
import { Acting } from '../auth/access/acting.decorator.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { formatEtag } from '../auth/input/if-match.js';
import { InputValidationPipe } from '../auth/input/input-validation.pipe.js';
import { SettingsDto } from './dto/settings.dto.js';
import { UpdateSettingsDto } from './dto/update-settings.dto.js';
import { encodeSettings } from './encode-settings.js';
import { flatChanges } from './field-changes.js';
import { LiveSettings } from './live-settings.service.js';
import { SettingsEditor } from './settings-editor.service.js';
import { SettingsReader } from './settings-reader.service.js';

const ETAG = { ETag: { description: 'Of the revision, for `If-Match`', schema: { type: 'string', example: '"4"' } } };
const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag of an earlier answer: 412 when the settings were changed since',
  schema: { type: 'string', example: '"4"' },
};

/** `/v2/settings` (contract §4). */
@Controller('v2/settings')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class SettingsController {
  constructor(
    private readonly reader: SettingsReader,
    private readonly editor: SettingsEditor,
    private readonly live: LiveSettings,
  ) {}

  /** Shows the settings that can be changed while the service runs. */
  @Get()
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: SettingsDto, headers: ETAG })
  show(@Res({ passthrough: true }) response: Response): Promise<SettingsDto> {
    return this.answer(response);
  }

  /** Changes settings, on every replica and without a restart. What is left out stays, null is the environment's. */
  @Patch()
  @Header('cache-control', 'no-store')
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 200, type: SettingsDto, headers: ETAG })
  async update(
    @Body() changes: UpdateSettingsDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SettingsDto> {
    await this.editor.update(flatChanges(changes), { actor, ifMatch });
    return this.answer(response);
  }

  /** Read anew: what is shown is stored, and what this process goes by. */
  private async answer(response: Response): Promise<SettingsDto> {
    const stored = await this.reader.refresh();
    response.setHeader('etag', formatEtag(stored.revision));
    // The tag is of what an administrator sets: Express would answer 304 although the environment's differ.
    delete response.req.headers['if-none-match'];
    return encodeSettings(stored, this.live.environment);
  }
}
