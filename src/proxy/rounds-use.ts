import { OutputSample } from '../core/messages/output-sample.js';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import { estimated, type Measurement, measure, textIn } from './meter.js';

const SUMMED = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'credits',
] as const satisfies (keyof Measurement)[];

/**
 * What upstream's rounds took, of an answer that is emulated: until its end the client gets less of them than came, and
 * what they cost is told at its end only. Of an answer that ends before, this is known.
 */
export class RoundsUse {
  private readonly ended: Measurement[] = [];
  private running: Measurement | undefined;
  private output = new OutputSample();

  /** As it comes from upstream. */
  take(event: MessagesEvent): void {
    if (event.type === 'content_block_delta') {
      this.output.take(textIn(event.delta));
      return;
    }
    const learnt = measure(event, () => 0);
    if (!learnt) return;
    if (event.type === 'message_start') this.output = new OutputSample();
    this.running = { ...this.running, ...learnt };
    if (event.type !== 'message_delta') return;
    this.ended.push(this.running);
    this.running = undefined;
  }

  /** Undefined where nothing came by here. @param tokenScale tokens of the model for one of our own count */
  soFar(tokenScale: number): Measurement | undefined {
    const { running } = this;
    const cut = running && { ...running, ...estimated(this.output.countTokens() * tokenScale) };
    const rounds = cut ? [...this.ended, cut] : this.ended;
    if (rounds.length === 0) return undefined;
    const sums: Measurement = cut ? { outputEstimated: true } : {};
    for (const round of rounds) {
      for (const name of SUMMED) {
        const amount = round[name];
        if (amount !== undefined) sums[name] = (sums[name] ?? 0) + amount;
      }
    }
    return sums;
  }
}
