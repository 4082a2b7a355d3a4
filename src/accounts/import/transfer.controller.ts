import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  Body,
  Controller,
  Get,
  Logger,
  Post,
  Query,
  Req,
  Res,
  UploadedFiles,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { FilesInterceptor } from '@nestjs/platform-express';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Caller } from '../../auth/access/caller.decorator.js';
import type { Identity } from '../../auth/access/identity.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import { AccountExport } from './account-export.service.js';
import { AccountImport } from './account-import.service.js';
import { ExportAccountsDto } from './dto/export-accounts.dto.js';
import { ExportedAccountsDto } from './dto/exported-accounts.dto.js';
import { importBody } from './dto/import-body.js';
import { ImportResultDto } from './dto/import-result.dto.js';
import { isRecord } from './fields.js';
import { baseName, type ImportSource } from './import-entry.js';
import { NDJSON, replyInLines } from './import-reply.js';
import { readSource } from './read-source.js';
import { UploadErrors } from './upload-errors.interceptor.js';
import { UPLOAD_PART } from './upload-options.js';

/** What multer makes of a part. */
interface UploadedPart {
  originalname: string;
  buffer: Buffer;
}

/** Accounts in and out, many at a time (contract §4). */
@Controller('v2/accounts')
@Scope('admin')
@UsePipes(InputValidationPipe)
@ApiTags('accounts')
@ApiBearerAuth()
export class TransferController {
  private readonly logger = new Logger('Export');

  constructor(
    private readonly imports: AccountImport,
    private readonly exports: AccountExport,
  ) {}

  /**
   * Imports accounts: up to 1,000, from our export, AWS SSO cache files, Kiro token files, bare
   * `{refreshToken, clientId, clientSecret, region}`, or a list of any of these. Importing again updates. With
   * `Accept: application/x-ndjson` lines of progress come before the result.
   */
  @Post('import')
  @UseInterceptors(UploadErrors, FilesInterceptor(UPLOAD_PART))
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiProduces('application/json', NDJSON)
  @ApiBody({ schema: importBody })
  @ApiOkResponse({ type: ImportResultDto })
  async import(
    @Body() body: unknown,
    @UploadedFiles() files: readonly UploadedPart[] | undefined,
    @Acting() actor: Actor,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const sources = sourcesOf(body, files);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const run = (onProgress?: (done: number, total: number) => void) =>
      this.imports.run(sources, { actor, onProgress, signal: gone.signal });
    if (request.headers.accept?.includes(NDJSON)) await replyInLines(response, run);
    else response.status(200).json(await run());
  }

  /** All accounts, importable again. With secrets only for the scope `admin`, and written down in the audit log. */
  @Get('export')
  @ApiOkResponse({ type: ExportedAccountsDto })
  async export(
    @Query() { includeSecrets }: ExportAccountsDto,
    @Caller() caller: Identity,
    @Acting() actor: Actor,
    @Res() response: Response,
  ): Promise<void> {
    const withSecrets = includeSecrets === 'true';
    if (withSecrets && !caller.scopes.has('admin')) {
      await this.exports.refuse(actor);
      throw new GatewayError('permission', "This API key lacks the scope 'admin': with includeSecrets it takes that.");
    }
    const json = await this.exports.begin({ actor, includeSecrets: withSecrets });
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="amq-gateway-accounts.json"',
    });
    try {
      await pipeline(Readable.from(json), response);
    } catch (error) {
      // The client went, or what it has so far is no JSON, and it sees that.
      this.logger.warn({ msg: 'An export broke off', err: error });
      response.destroy();
    }
  }
}

function sourcesOf(body: unknown, files: readonly UploadedPart[] | undefined): ImportSource[] {
  if (files && files.length > 0) {
    return files.map(({ originalname, buffer }) => readSource(baseName(originalname), buffer));
  }
  // No body at all reads as an empty object.
  if (files || body === undefined || (isRecord(body) && Object.keys(body).length === 0)) {
    throw new GatewayError(
      'invalid_request',
      `A JSON body, or a multipart/form-data body with at least one part named '${UPLOAD_PART}', is required`,
    );
  }
  return [{ content: body }];
}
