import type { AuditEventEntity } from './audit-event.entity.js';
import type { AuditSeal } from './audit-seal.js';
import { type ChainEnd, type ChainEnds, newEnds } from './chain-end.js';

/**
 * What is wrong with entries: `changed`, `missing`, `inserted`; `replaced` is one that was written once, but not before
 * the one that follows it; `ends`: the notes of the chain's ends; `head`: it is not the chain that was noted elsewhere.
 */
export type ChainProblemKind = 'changed' | 'missing' | 'inserted' | 'replaced' | 'ends' | 'head';

export interface ChainProblem {
  problem: ChainProblemKind;
  /** The sequence, or the first of several. */
  sequence: number;
  /** The last of several. */
  to?: number;
}

/** What was noted elsewhere: a log line, a ticket. */
export type NotedHead = ChainEnd;

export interface ChainFindings {
  /** Entries of the chain that were looked at. */
  entries: number;
  /** Entries from before the chain: nothing can be said of them. */
  entriesBefore: number;
  /** Undefined: there is no entry. */
  first: number | undefined;
  last: ChainEnd | undefined;
  /** The first hundred, in their order. */
  problems: ChainProblem[];
  /** How many there are. */
  problemCount: number;
}

const MOST_PROBLEMS = 100;

/** Follows the chain, entry by entry, and keeps no more than the last one. */
export class ChainCheck {
  private readonly problems: ChainProblem[] = [];
  private problemCount = 0;
  private entries = 0;
  private firstSeen?: number;
  private previous: ChainEnd;
  /** Whether the entry before is as it was written: else nothing can be said of the link to it. */
  private isPreviousRight = true;
  private readonly gaps: { from: number; to: number }[] = [];
  private hashAtLast?: string | null;
  private hashAtNoted?: string | null;
  private readonly ends: ChainEnds;
  private readonly isBeginningKnown: boolean;

  /**
   * @param ends as they were before the first entry was read; undefined: they are not right
   * @param noted a head to compare with
   */
  constructor(
    private readonly seal: AuditSeal,
    ends: ChainEnds | undefined,
    private readonly noted?: NotedHead,
  ) {
    if (!ends) this.report('ends', 0);
    this.isBeginningKnown = ends !== undefined;
    this.ends = ends ?? newEnds(Number.MAX_SAFE_INTEGER);
    const { sequence, hash } = this.ends.first;
    this.previous = { sequence: sequence - 1, hash };
    if (noted?.sequence === sequence - 1) this.hashAtNoted = hash;
  }

  /** The next entry, by sequence; those below the first end that retention has not deleted yet, too. */
  push(entry: AuditEventEntity): void {
    const { sequence, hash } = entry;
    if (this.entries++ === 0 && !this.isBeginningKnown)
      this.previous = { sequence: sequence - 1, hash: entry.previousHash ?? '' };
    this.firstSeen ??= sequence;
    if (!this.isInPlace(sequence)) {
      // One that is right may be a copy, or of another history.
      this.report('inserted', sequence);
      return;
    }
    const isRight = this.seal.isRight(entry);
    if (!isRight) this.report('changed', sequence);
    if (sequence < this.ends.first.sequence) return;
    const isNext = sequence === this.previous.sequence + 1;
    if (!isNext) this.noteGap({ from: this.previous.sequence + 1, to: sequence - 1 });
    else if (isRight && this.isPreviousRight && entry.previousHash !== this.previous.hash) {
      this.report('replaced', this.previous.sequence);
    }
    if (sequence === this.ends.last.sequence && isRight) this.hashAtLast = hash;
    if (sequence === this.noted?.sequence) this.hashAtNoted = hash;
    this.previous = { sequence, hash: hash ?? '' };
    this.isPreviousRight = isRight;
  }

  /**
   * @param first the chain's first end now: retention may have moved it meanwhile
   * @param entriesBefore how many there are now
   */
  finish(first: ChainEnd | undefined, entriesBefore: number): ChainFindings {
    const { last, before } = this.ends;
    if (this.previous.sequence < last.sequence) this.noteGap({ from: this.previous.sequence + 1, to: last.sequence });
    const kept = first?.sequence ?? 1;
    for (const { from, to } of this.gaps) if (to >= kept) this.report('missing', Math.max(from, kept), to);
    if (this.hashAtLast !== undefined && this.hashAtLast !== last.hash) this.report('replaced', last.sequence);
    if (entriesBefore > before.sequence) this.report('inserted', -entriesBefore, -before.sequence - 1);
    if (this.noted && this.hashAtNoted !== this.noted.hash) this.report('head', this.noted.sequence);
    return {
      entries: this.entries,
      entriesBefore,
      first: this.firstSeen,
      last: this.previous.sequence > 0 ? this.previous : undefined,
      problems: this.problems.toSorted((one, other) => one.sequence - other.sequence),
      problemCount: this.problemCount,
    };
  }

  /** Whether an entry of that sequence may come after the one before. */
  private isInPlace(sequence: number): boolean {
    if (!Number.isSafeInteger(sequence)) return false;
    return sequence < this.ends.first.sequence || sequence > this.previous.sequence;
  }

  /** Those that retention makes meanwhile are among the first few. */
  private noteGap(gap: { from: number; to: number }): void {
    if (this.gaps.length < MOST_PROBLEMS) this.gaps.push(gap);
    else this.report('missing', gap.from, gap.to);
  }

  private report(problem: ChainProblemKind, sequence: number, to = sequence): void {
    this.problemCount++;
    if (this.problems.length >= MOST_PROBLEMS) return;
    this.problems.push({ problem, sequence, ...(to !== sequence && { to }) });
  }
}
