import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { LoggedRequest } from './logged-request.js';
import type { RequestFilter, RequestPosition } from './request-filter.js';
import { RequestSearchRepository } from './request-search.repository.js';
import { ALL_ROWS, type Way, waysTo } from './ways.js';

/** Which of several ways has the fewest rows is told by how far back so many of them reach. */
const REACH_LENGTH = 100;
/** Rows that one statement looks at: 1 to 10 µs each, as they lie together or apart. */
const LONGEST_STRETCH = 5_000;
const FIRST_STRETCH = 500;
const SHORTEST_STRETCH = 200;
const GROWTH = 2;

export interface RequestPage {
  /** The newest first. */
  readonly requests: readonly LoggedRequest[];
  /** Undefined: there are no more. */
  readonly end: RequestPosition | undefined;
}

export interface PageAsked {
  readonly position: RequestPosition | undefined;
  readonly limit: number;
  /** Milliseconds after which a page ends where it is, however few requests it has. */
  readonly patience: number;
}

/** Looks through the request log. */
@Injectable()
export class RequestSearch {
  constructor(
    private readonly repository: RequestSearchRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of the requests that fit, the newest first. No index has two things that are asked for at once: where few
   * requests have both, it goes along those that have one.
   */
  async page(filter: RequestFilter, { position, limit, patience }: PageAsked): Promise<RequestPage> {
    if (filter.requestId !== undefined) return { requests: await this.repository.findById(filter), end: undefined };
    const start = this.clock.now();
    const until = start + patience;
    const ways = waysTo(filter);
    const way = await this.narrowest(ways, filter, position);
    const requests: LoggedRequest[] = [];
    let length = ways.length > 1 || filter.status !== undefined ? FIRST_STRETCH : limit + 1;
    let looked = 0;
    let place = position;
    for (;;) {
      const wanted = limit + 1 - requests.length;
      const { requests: found, end } = await this.repository.find({
        filter,
        way,
        position: place,
        length,
        limit: wanted,
      });
      requests.push(...found);
      if (requests.length > limit) return cut(requests, limit);
      if (!end) return { requests, end };
      const now = this.clock.now();
      if (now >= until) return { requests, end };
      looked += length;
      place = end;
      length = nextLength(length, ((until - now) * looked) / (now - start));
    }
  }

  private async narrowest(
    ways: readonly Way[],
    filter: RequestFilter,
    position: RequestPosition | undefined,
  ): Promise<Way> {
    const [first = ALL_ROWS, ...others] = ways;
    if (others.length === 0) return first;
    let narrowest = { way: first, reach: Number.POSITIVE_INFINITY };
    for (const way of ways) {
      const reach = await this.repository.reach(way, filter, position, REACH_LENGTH);
      if (reach === undefined) return way;
      if (reach < narrowest.reach) narrowest = { way, reach };
    }
    return narrowest.way;
  }
}

function cut(requests: readonly LoggedRequest[], limit: number): RequestPage {
  const page = requests.slice(0, limit);
  const last = page.at(-1);
  return { requests: page, end: last && { at: last.at, requestId: last.requestId } };
}

/** @param inTime rows that can be looked at in the time that is left, by the pace so far */
function nextLength(length: number, inTime: number): number {
  return Math.max(SHORTEST_STRETCH, Math.floor(Math.min(length * GROWTH, LONGEST_STRETCH, inTime)));
}
