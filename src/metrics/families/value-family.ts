import { Family, type FamilyOptions, type Sample } from './family.js';

/** One series of a counter or a gauge: whoever counts adds to its value. */
export interface Cell {
  value: number;
}

interface Series<Label extends string> extends Cell {
  readonly labels: Record<Label, string>;
  /** Name and labels. */
  readonly head: string;
}

/** A counter or a gauge. */
export class ValueFamily<Label extends string = string> extends Family<Label> {
  private readonly series = new Map<string, Series<Label>>();

  constructor(type: 'counter' | 'gauge', options: FamilyOptions<Label>) {
    super(type, options);
  }

  /** The series of these labels, from 0 on; not for each count. */
  of(labels: Record<Label, string>): Cell {
    const spelled = this.spell(labels);
    const known = this.series.get(spelled);
    if (known) return known;
    const head = spelled === '' ? this.name : `${this.name}{${spelled}}`;
    const series = { value: 0, labels, head };
    this.series.set(spelled, series);
    return series;
  }

  remove(labels: Record<Label, string>): void {
    this.series.delete(this.spell(labels));
  }

  protected *lines(): Iterable<string> {
    for (const { head, value } of this.series.values()) yield `${head} ${value}`;
  }

  protected *samples(): Iterable<Sample> {
    for (const { labels, value } of this.series.values()) yield { labels, value };
  }
}
