/** Room for `_` and the number that tells equal names apart. */
const SUFFIX_LENGTH = 8;

/**
 * Names that differ, without regard to case, and are of at most `longest` characters. The numbers of one stem go on
 * where they stopped, so that a thousand equal names cost a thousand steps.
 */
export class UniqueNames {
  private readonly taken = new Set<string>();
  /** By the stem in small letters: one that differs only there would walk past all the numbers of the other again. */
  private readonly numbers = new Map<string, number>();

  constructor(private readonly longest: number) {}

  /** The name itself where nobody has it yet, else one like it with a number. */
  take(wanted: string): string {
    const whole = wanted.length > this.longest ? wanted.slice(0, this.longest) : wanted;
    if (this.claim(whole)) return whole;
    const stem = wanted.slice(0, this.longest - SUFFIX_LENGTH);
    const series = stem.toLowerCase();
    let number = this.numbers.get(series) ?? 2;
    while (!this.claim(`${stem}_${number}`)) number++;
    this.numbers.set(series, number + 1);
    return `${stem}_${number}`;
  }

  private claim(name: string): boolean {
    const before = this.taken.size;
    return this.taken.add(name.toLowerCase()).size > before;
  }
}
