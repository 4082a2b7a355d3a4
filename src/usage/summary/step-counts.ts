import { LAST_STEP, millisecondsOf } from '../../core/limits/latency-scale.js';

const ZERO = 48;

/** How many requests are on each step of the latency scale. Ten thousand of these make one answer: no iterators here. */
export class StepCounts {
  private readonly counts = new Float64Array(LAST_STEP + 1);
  /** Below and above are none. */
  private lowest = LAST_STEP + 1;
  private highest = -1;

  /**
   * Adds the counts of a sum.
   * @param packed JSON, step → count; what is on no step of the scale is on its last one
   * @param factor -1: takes them away
   */
  add(packed: string, factor = 1): void {
    // The digits are all there is to it: this takes a third of what parsing does.
    let step = -1;
    let number = -1;
    for (let index = 0; index < packed.length; index++) {
      const digit = packed.charCodeAt(index) - ZERO;
      if (digit >= 0 && digit <= 9) number = Math.max(number, 0) * 10 + digit;
      else if (number >= 0) {
        if (step < 0) step = number;
        else {
          this.addTo(Math.min(step, LAST_STEP), factor * number);
          step = -1;
        }
        number = -1;
      }
    }
  }

  /** As if nothing had been added. */
  clear(): void {
    this.counts.fill(0, this.lowest, this.highest + 1);
    this.lowest = LAST_STEP + 1;
    this.highest = -1;
  }

  /**
   * Milliseconds that such a part of the requests took at most, within 2.5 %; undefined where there are none.
   * @param parts above 0 and up to 1, the smallest first
   */
  percentiles(parts: readonly number[]): (number | undefined)[] {
    let total = 0;
    for (let step = this.lowest; step <= this.highest; step++) total += this.at(step);
    if (total === 0) return parts.map(() => undefined);
    let step = this.lowest;
    let seen = this.at(step);
    return parts.map((part) => {
      const rank = Math.ceil(part * total);
      while (seen < rank && step < this.highest) seen += this.at(++step);
      return millisecondsOf(step);
    });
  }

  private addTo(step: number, count: number): void {
    this.counts[step] = (this.counts[step] ?? 0) + count;
    if (step < this.lowest) this.lowest = step;
    if (step > this.highest) this.highest = step;
  }

  /** Of what was taken away more may be gone than was there: the two were read one after the other. */
  private at(step: number): number {
    return Math.max(this.counts[step] ?? 0, 0);
  }
}
