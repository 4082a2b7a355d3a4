import { DAY_MS, HOUR_MS, type Period, startOf, type TimeRange } from './periods.js';

/** A part of a range of time, and what its requests are read from. */
export interface Source extends TimeRange {
  from: number;
  to: number;
  source: Period | 'rows';
}

/** What is known of a range. All times are epoch milliseconds and whole hours. */
export interface KnownPeriods {
  /** Requests of this hour and later ones may be in no sum. */
  knownUntil: number;
  /** Hours before that whose sums are not good. */
  openHours: ReadonlySet<number>;
  /** Days whose sums are good. */
  goodDays: ReadonlySet<number>;
}

/**
 * What to read a range from: requests where nothing is summed up, else sums, and as few of them as there can be.
 * @param range whole hours, or whole days
 * @param finest of which sums: with `day`, days where they are whole
 */
export function sourcesOf(range: TimeRange, finest: Period, known: KnownPeriods): Source[] {
  const sources: Source[] = [];
  for (let from = range.from; from < range.to; ) {
    const isWholeDay = from === startOf('day', from) && from + DAY_MS <= range.to;
    const isDay = finest === 'day' && isWholeDay && known.goodDays.has(from);
    const isRows = !isDay && (from >= known.knownUntil || known.openHours.has(from));
    const source = isDay ? 'day' : isRows ? 'rows' : 'hour';
    const to = from + (isDay ? DAY_MS : HOUR_MS);
    const last = sources.at(-1);
    if (last?.source === source) last.to = to;
    else sources.push({ from, to, source });
    from = to;
  }
  return sources;
}

/** The same in parts of at most `length`, cut at multiples of it. */
export function inParts({ from, to }: TimeRange, length: number): TimeRange[] {
  const parts: TimeRange[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / length) + 1) * length);
    parts.push({ from: start, to: end });
    start = end;
  }
  return parts;
}
