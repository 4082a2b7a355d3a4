import type { UsageSum } from '../rollups/usage-sum.js';
import { type UsageFigures, UsageTotal } from './usage-total.js';

/** What one group took in one interval. */
export interface SummaryPoint {
  /** Of the interval, in epoch milliseconds. */
  start: number;
  /** Undefined: all that have no group of their own. */
  member: string | undefined;
  figures: UsageFigures;
}

/** One total for each interval and member, of sums that come in the order of time; what is past is kept as figures. */
export class SummaryPoints {
  private readonly total = new UsageTotal();
  private readonly open = new Map<number, Map<string | undefined, UsageTotal>>();
  private readonly closed: SummaryPoint[] = [];
  /** Used again: to make ten thousand takes longer than to fill them. */
  private readonly spare: UsageTotal[] = [];

  /**
   * @param startOf of the interval that a time is in
   * @param members in the order they are told
   */
  constructor(
    private readonly startOf: (at: number) => number,
    private readonly members: readonly string[],
  ) {}

  /** @param isPart they are in what was added to the others */
  add(sums: readonly UsageSum[], isPart: boolean): void {
    for (const sum of sums) {
      this.closeBefore(sum.start);
      this.at(sum.start, sum.member).add(sum);
      if (isPart) this.at(sum.start, undefined).add(sum, -1);
      else this.total.add(sum);
    }
  }

  /** All there are, of which those with a group of their own are taken away later. */
  addToOther(sums: readonly UsageSum[]): void {
    for (const sum of sums) {
      this.at(sum.start, undefined).add(sum);
      this.total.add(sum);
    }
  }

  /** No sum comes any more. */
  closeAll(): void {
    for (const [start, totals] of this.open) this.close(start, totals);
  }

  all(): readonly SummaryPoint[] {
    return this.closed;
  }

  totals(): UsageFigures {
    return this.total.figures();
  }

  /** No sum comes of an earlier time any more. */
  private closeBefore(time: number): void {
    const current = this.startOf(time);
    for (const [start, totals] of this.open) {
      if (start >= current) return;
      this.close(start, totals);
    }
  }

  private close(start: number, totals: ReadonlyMap<string | undefined, UsageTotal>): void {
    for (const member of [...this.members, undefined]) {
      const total = totals.get(member);
      if (!total) continue;
      if (total.requests > 0) this.closed.push({ start, member, figures: total.figures() });
      total.clear();
      this.spare.push(total);
    }
    this.open.delete(start);
  }

  private at(time: number, member: string | undefined): UsageTotal {
    const start = this.startOf(time);
    const totals = this.open.get(start) ?? new Map<string | undefined, UsageTotal>();
    this.open.set(start, totals);
    const total = totals.get(member) ?? this.spare.pop() ?? new UsageTotal();
    totals.set(member, total);
    return total;
  }
}
