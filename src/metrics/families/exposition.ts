import { setImmediate } from 'node:timers/promises';
import { type Metric, Registry } from 'prom-client';
import { Family } from './family.js';

/** A scrape lets others go on after so many milliseconds: with a thousand accounts it is 2 MB. */
const LONGEST_TURN_MS = 5;

/** The library's registry, for its own instruments and for our families. */
export class Exposition extends Registry {
  private readonly looks: (() => void | Promise<void>)[] = [];
  private reading: Promise<string> | undefined;

  add<F extends Family>(family: F): F {
    // All that the registry asks of a metric is its name and `get`.
    this.registerMetric(family as unknown as Metric);
    return family;
  }

  /** What is not counted but looked at when somebody reads. */
  onReading(look: () => void | Promise<void>): void {
    this.looks.push(look);
  }

  /** Whoever asks while a scrape is made gets that one: many at once cost no more than one. */
  override metrics(): Promise<string> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  override async getSingleMetricAsString(name: string): Promise<string> {
    await this.look();
    return this.textOf(name);
  }

  override async getMetricsAsJSON(): ReturnType<Registry['getMetricsAsJSON']> {
    await this.look();
    return super.getMetricsAsJSON();
  }

  private async read(): Promise<string> {
    await this.look();
    const blocks: string[] = [];
    let since = performance.now();
    for (const { name } of this.getMetricsAsArray()) {
      blocks.push(await this.textOf(name));
      if (performance.now() - since < LONGEST_TURN_MS) continue;
      await setImmediate();
      since = performance.now();
    }
    return `${blocks.join('\n\n')}\n`;
  }

  private async textOf(name: string): Promise<string> {
    const metric: unknown = this.getSingleMetric(name);
    return metric instanceof Family ? metric.text() : super.getSingleMetricAsString(name);
  }

  private async look(): Promise<void> {
    await Promise.all(this.looks.map((look) => look()));
  }
}
