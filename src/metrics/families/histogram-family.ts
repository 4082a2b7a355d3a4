import { Family, type FamilyOptions, type Sample } from './family.js';

interface HistogramOptions<Label extends string> extends FamilyOptions<Label> {
  /** Upper bounds, rising; the one above all goes without saying. */
  bounds: readonly number[];
}

/** One series of a histogram. */
export class HistogramCell {
  sum = 0;
  count = 0;
  /** Of each bound by itself, not of those below it. */
  readonly counts: number[];

  constructor(private readonly bounds: readonly number[]) {
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    const { bounds, counts } = this;
    for (let index = 0; index < bounds.length; index++) {
      if (value > (bounds[index] as number)) continue;
      counts[index] = (counts[index] as number) + 1;
      return;
    }
  }
}

interface Series<Label extends string> {
  readonly labels: Record<Label, string>;
  readonly spelled: string;
  readonly cell: HistogramCell;
}

export class HistogramFamily<Label extends string = string> extends Family<Label> {
  private readonly bounds: readonly number[];
  private readonly series = new Map<string, Series<Label>>();

  constructor({ bounds, ...options }: HistogramOptions<Label>) {
    super('histogram', options);
    this.bounds = bounds;
  }

  /** The series of these labels, from 0 on; not for each value. */
  of(labels: Record<Label, string>): HistogramCell {
    const spelled = this.spell(labels);
    const known = this.series.get(spelled);
    if (known) return known.cell;
    const cell = new HistogramCell(this.bounds);
    this.series.set(spelled, { labels, spelled, cell });
    return cell;
  }

  remove(labels: Record<Label, string>): void {
    this.series.delete(this.spell(labels));
  }

  protected *lines(): Iterable<string> {
    const { name, bounds } = this;
    for (const { spelled, cell } of this.series.values()) {
      const bucket = `${name}_bucket{${spelled}${spelled === '' ? '' : ','}le="`;
      const labels = spelled === '' ? '' : `{${spelled}}`;
      let below = 0;
      for (let index = 0; index < bounds.length; index++) {
        below += cell.counts[index] as number;
        yield `${bucket}${bounds[index]}"} ${below}`;
      }
      yield `${bucket}+Inf"} ${cell.count}`;
      yield `${name}_sum${labels} ${cell.sum}`;
      yield `${name}_count${labels} ${cell.count}`;
    }
  }

  protected *samples(): Iterable<Sample> {
    const { name, bounds } = this;
    for (const { labels, cell } of this.series.values()) {
      let below = 0;
      for (const [index, bound] of bounds.entries()) {
        below += cell.counts[index] as number;
        yield { labels: { ...labels, le: String(bound) }, value: below, metricName: `${name}_bucket` };
      }
      yield { labels: { ...labels, le: '+Inf' }, value: cell.count, metricName: `${name}_bucket` };
      yield { labels, value: cell.sum, metricName: `${name}_sum` };
      yield { labels, value: cell.count, metricName: `${name}_count` };
    }
  }
}
