import { Injectable } from '@nestjs/common';
import { invalidInput } from '../../auth/input/input-validation.pipe.js';
import { startOf } from '../rollups/periods.js';
import type { SumDimension } from '../rollups/usage-sum.js';
import { UsageSums } from '../rollups/usage-sums.service.js';
import type { UsageGroupDto, UsagePointDto, UsageSummaryDto } from './dto/usage-summary.dto.js';
import { MemberNames } from './member-names.repository.js';
import { type SummaryPoint, SummaryPoints } from './summary-points.js';
import { intervalsOf, type SummaryQuery } from './summary-query.js';

/** Groups of one answer; those with fewer requests are told together. */
const MOST_GROUPS = 100;
/** Points of one answer: some megabytes. */
const MOST_POINTS = 10_000;

/** Whose requests are read, and which of them apart. */
interface Groups {
  dimension: SumDimension;
  members: readonly string[];
  /** There are others, which are told together. */
  hasOther: boolean;
}

/** Sums up what requests took. */
@Injectable()
export class UsageSummaries {
  constructor(
    private readonly sums: UsageSums,
    private readonly names: MemberNames,
  ) {}

  /** @throws GatewayError `invalid_request` when there are too many points */
  async summarise(query: SummaryQuery): Promise<UsageSummaryDto> {
    const { range, interval, groupBy } = query;
    const groups = await this.groupsOf(query);
    refuseTooMany(query, groups);
    const points = new SummaryPoints((at) => (interval ? startOf(interval, at) : range.from), groups.members);
    await this.read(points, groups, query);
    return {
      from: timeOf(range.from),
      to: timeOf(range.to),
      interval: interval ?? null,
      groupBy: groupBy ?? null,
      currency: 'USD',
      totals: points.totals(),
      data: await this.named(points.all(), query),
    };
  }

  private async groupsOf({ range, groupBy, only }: SummaryQuery): Promise<Groups> {
    if (only) return { dimension: only.dimension, members: [only.member], hasOther: false };
    if (!groupBy) return { dimension: 'all', members: [''], hasOther: false };
    const top = await this.sums.topMembers(groupBy, await this.sums.sources(range, 'day'), MOST_GROUPS);
    return { dimension: groupBy, members: top.slice(0, MOST_GROUPS), hasOther: top.length > MOST_GROUPS };
  }

  private async read(
    points: SummaryPoints,
    { dimension, members, hasOther }: Groups,
    query: SummaryQuery,
  ): Promise<void> {
    if (members.length === 0) return;
    for (const source of await this.sums.sources(query.range, query.interval ?? 'day', members.length)) {
      // What the others took is what all did, without the groups.
      if (hasOther) points.addToOther(await this.sums.read('all', [''], source));
      points.add(await this.sums.read(dimension, members, source), hasOther);
    }
    points.closeAll();
  }

  private async named(points: readonly SummaryPoint[], { groupBy }: SummaryQuery): Promise<UsagePointDto[]> {
    const members = [...new Set(points.flatMap(({ member }) => (member ? [member] : [])))];
    const names = groupBy && (await this.names.of(groupBy, members));
    const groupOf = (member: string | undefined): UsageGroupDto | null => {
      if (!names) return null;
      if (member === undefined) return { id: null, name: 'other' };
      return member === '' ? { id: null, name: null } : { id: member, name: names.get(member) ?? null };
    };
    return points.map(({ start, member, figures }) => ({ start: timeOf(start), group: groupOf(member), ...figures }));
  }
}

function refuseTooMany({ range, interval }: SummaryQuery, { members, hasOther }: Groups): void {
  const intervals = intervalsOf(range, interval);
  const groups = members.length + (hasOther ? 1 : 0);
  if (intervals * groups <= MOST_POINTS) return;
  const message = `${intervals} intervals of ${groups} groups are more than the ${MOST_POINTS} points of one answer: ask for a shorter time, or for longer intervals`;
  throw invalidInput([{ path: 'interval', message }]);
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
