/** Alike in a minute; of further ones the next line that is written tells how many there were. */
const MOST_A_MINUTE = 10;
const A_MINUTE_MS = 60_000;
/** Kinds come from a few places in the code: this is only a bound. */
const MOST_KINDS = 100;

interface Written {
  since: number;
  lines: number;
  leftOut: number;
}

/** For lines that requests may cause one by one beside their own: a flood of those must not become a flood of these. */
export class LineBudget {
  private readonly kinds = new Map<string, Written>();

  /** @param now epoch milliseconds */
  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Asked before a line is written.
   * @param kind lines of one kind are alike; of a closed list
   * @returns what goes into the line: how many were left out since the last one; undefined: leave this one out too
   */
  take(kind = ''): { leftOut?: number } | undefined {
    const written = this.of(kind);
    if (written.lines === MOST_A_MINUTE) {
      written.leftOut++;
      return undefined;
    }
    written.lines++;
    const { leftOut } = written;
    written.leftOut = 0;
    return leftOut === 0 ? {} : { leftOut };
  }

  private of(kind: string): Written {
    const now = this.now();
    let written = this.kinds.get(kind);
    if (!written) {
      if (this.kinds.size === MOST_KINDS) this.kinds.clear();
      written = { since: now, lines: 0, leftOut: 0 };
      this.kinds.set(kind, written);
    }
    if (now - written.since >= A_MINUTE_MS) Object.assign(written, { since: now, lines: 0 });
    return written;
  }
}
