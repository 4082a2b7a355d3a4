import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { CSV_HEADER, encodeCsv } from './encode-csv.js';
import type { RequestFilter, RequestPosition } from './request-filter.js';
import { RequestSearch } from './request-search.service.js';

/** The database has other things to do. */
const MOST_AT_ONCE = 2;
const RETRY_AFTER = 10;
/** Rows that are held in memory, of each export. */
const PAGE_LIMIT = 500;
/** How long it may look for more before it asks again whether anybody waits for them. */
const PATIENCE_MS = 500;

/** Tells whether an export is wanted any longer. */
type IsWanted = () => boolean;

/** Writes out the request log. */
@Injectable()
export class RequestExport {
  private running = 0;

  constructor(private readonly search: RequestSearch) {}

  /**
   * CSV, the newest request first, a page at a time and only as fast as it is taken.
   * @param limit requests at most
   * @throws GatewayError `rate_limit` when two are running
   */
  begin(filter: RequestFilter, limit: number, isWanted: IsWanted): AsyncGenerator<string, void> {
    if (this.running >= MOST_AT_ONCE)
      throw new GatewayError('rate_limit', `${MOST_AT_ONCE} exports are running already: try again later`, {
        retryAfter: RETRY_AFTER,
      });
    this.running++;
    return this.write(filter, limit, isWanted);
  }

  /** To be called once for each export that has begun. */
  end(): void {
    this.running--;
  }

  private async *write(filter: RequestFilter, limit: number, isWanted: IsWanted): AsyncGenerator<string, void> {
    let header = CSV_HEADER;
    let left = limit;
    let position: RequestPosition | undefined;
    do {
      const asked = { position, limit: Math.min(PAGE_LIMIT, left), patience: PATIENCE_MS };
      const { requests, end } = await this.search.page(filter, asked);
      // The header comes with the first page: where that can't be read, the caller is told so.
      if (requests.length > 0 || header !== '') yield header + encodeCsv(requests);
      header = '';
      left -= requests.length;
      position = end;
    } while (position && left > 0 && isWanted());
  }
}
