import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Header, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Scope } from '../../auth/access/scope.decorator.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { Configuration } from '../../platform/config/configuration.js';
import { noteFacts } from '../../platform/logging/request-context.js';
import { ExportQueryDto } from './dto/export-query.dto.js';
import { filterOf } from './dto/request-filter.dto.js';
import { RequestsQueryDto } from './dto/requests-query.dto.js';
import { encodeUsageRequest, type UsageRequestPageDto } from './dto/usage-request.dto.js';
import { formatPosition, parsePosition } from './request-cursor.js';
import { RequestExport } from './request-export.service.js';
import { RequestSearch } from './request-search.service.js';

/** With the last statement it began, a page takes less than 50. */
const PATIENCE_MS = 25;
const CSV = 'text/csv; charset=utf-8; header=present';

/** The request log: `/v2/usage/requests` and `/v2/usage/export.csv` (contract §4). */
@Controller('v2/usage')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class UsageRequestsController {
  constructor(
    private readonly search: RequestSearch,
    private readonly exports: RequestExport,
    private readonly configuration: Configuration,
  ) {}

  /** Lists the requests of API keys and what they took, the newest first, a page at a time. */
  @Get('requests')
  @Header('cache-control', 'no-store')
  async list(@Query() { limit, cursor, ...fields }: RequestsQueryDto): Promise<UsageRequestPageDto> {
    const position = parsePosition(cursor);
    const { requests, end } = await this.search.page(filterOf(fields), { position, limit, patience: PATIENCE_MS });
    return { data: requests.map(encodeUsageRequest), nextCursor: end ? formatPosition(end) : null };
  }

  /**
   * Writes them out as CSV, the newest first. A file that was not finished ends without the end of its transfer; cells
   * that a spreadsheet would run begin with an apostrophe.
   */
  @Get('export.csv')
  @ApiProduces('text/csv')
  @ApiResponse({ status: 200, description: 'CSV (RFC 4180) with a header line', schema: { type: 'string' } })
  async export(
    @Query() { limit = Number.POSITIVE_INFINITY, ...fields }: ExportQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const lines = this.exports.begin(filterOf(fields), limit, () => !response.destroyed);
    // Others wait for its place; while more is looked for, nothing is there to be read.
    response.setTimeout(this.configuration.settings.UPSTREAM_IDLE_TIMEOUT * 1000, () => {
      if (response.writableNeedDrain) response.destroy();
    });
    try {
      const first = await lines.next();
      response.writeHead(200, {
        'content-type': CSV,
        'content-disposition': 'attachment; filename="usage.csv"',
        'cache-control': 'no-store',
      });
      if (request.method === 'HEAD' || first.done) response.end();
      else await pipeline(Readable.from(after(first.value, lines)), response);
    } catch (error) {
      if (response.headersSent && response.destroyed && !isFailure(error)) return;
      if (response.headersSent) noteFacts({ streamError: 'internal' });
      throw error;
    } finally {
      await lines.return();
      this.exports.end();
    }
  }
}

async function* after(first: string, lines: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield first;
  yield* lines;
}

/** Whether the export went wrong, and not its client away. */
function isFailure(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}
