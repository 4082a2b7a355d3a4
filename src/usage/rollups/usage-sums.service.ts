import { Injectable } from '@nestjs/common';
import { DAY_MS, HOUR_MS, LENGTH_OF, type Period, startOf, type TimeRange } from './periods.js';
import { inParts, type KnownPeriods, type Source, sourcesOf } from './sources.js';
import { type DayState, UsagePeriodRepository } from './usage-period.repository.js';
import type { Dimension, SumDimension, UsageSum } from './usage-sum.js';
import { UsageSumRepository } from './usage-sum.repository.js';

/** Sums of one statement: some megabytes. */
const MOST_SUMS = 3_000;
/** Of each part of a range that is read from elsewhere: far more than are shown. */
const MOST_CANDIDATES = 1_000;

/** What requests took, from the sums as far as they go and from the requests beyond. */
@Injectable()
export class UsageSums {
  constructor(
    private readonly periods: UsagePeriodRepository,
    private readonly sums: UsageSumRepository,
  ) {}

  /**
   * What a range of whole hours is read from, in the order of time.
   * @param finest of the sums it takes
   * @param members how many are read at once
   */
  async sources(range: TimeRange, finest: Period, members = 1): Promise<Source[]> {
    const atOnce = Math.max(1, Math.floor(MOST_SUMS / members));
    const lastRequest = await this.sums.lastRequest();
    return sourcesOf(range, finest, await this.known(range)).flatMap(({ source, from, to }) => {
      // Nobody has to look for requests of a time that has not come.
      const end = source === 'rows' ? Math.min(to, startOf('hour', lastRequest) + HOUR_MS) : to;
      const length = source === 'rows' ? HOUR_MS : atOnce * LENGTH_OF[source];
      return inParts({ from, to: end }, length).map((part) => ({ source, ...part }));
    });
  }

  /** The sums of some members, in the order of time: of hours, or of days where they are read from. */
  async read(dimension: SumDimension, members: readonly string[], { source, ...range }: Source): Promise<UsageSum[]> {
    if (source !== 'rows') return this.sums.find(source, dimension, range, members);
    const wanted = new Set(members);
    return (await this.sums.findInRows(dimension, range)).filter(({ member }) => wanted.has(member));
  }

  /** Members with requests, those with the most first: at most so many, and one more if there are more. */
  async topMembers(dimension: Dimension, sources: readonly Source[], most: number): Promise<string[]> {
    const requests = new Map<string, number>();
    for (const { source, ...range } of sources) {
      const found =
        source === 'rows'
          ? await this.sums.findInRows(dimension, range)
          : await this.sums.topMembers(source, dimension, range, MOST_CANDIDATES);
      for (const each of found) requests.set(each.member, (requests.get(each.member) ?? 0) + each.requests);
    }
    return [...requests]
      .sort(([one, ofOne], [other, ofOther]) => ofOther - ofOne || (one < other ? -1 : 1))
      .slice(0, most + 1)
      .map(([member]) => member);
  }

  private async known(range: TimeRange): Promise<KnownPeriods> {
    // First: what is summed up in between is read from its requests, and nothing is missed.
    const knownUntil = await this.periods.knownUntil();
    const days = await this.periods.days(range);
    const openHours = await this.periods.openHours(range);
    return {
      knownUntil,
      openHours: new Set(openHours.map(({ start }) => start)),
      goodDays: goodDaysOf({ from: range.from, to: Math.min(range.to, knownUntil) }, days),
    };
  }
}

/** Those whose sums are all there is: of those that nobody knows there is nothing. */
function goodDaysOf({ from, to }: TimeRange, days: readonly DayState[]): ReadonlySet<number> {
  const good = new Set<number>();
  for (let day = startOf('day', from); day + DAY_MS <= to; day += DAY_MS) good.add(day);
  for (const { start, revision, summed, isOpen } of days) {
    // Hours of a day long past are deleted: its revision is 0 then.
    if (!isOpen && summed >= 0 && (revision === summed || revision === 0)) good.add(start);
    else good.delete(start);
  }
  return good;
}
