/** A name with at least one `*` for any text, such as `gpt-*-mini`. Matching takes one walk along the name: nothing is tried twice. */
export class NamePattern {
  private readonly start: string;
  private readonly middle: readonly string[];
  private readonly end: string;
  /** Characters that must stand there: the more, the fewer names match. */
  readonly literalLength: number;

  constructor(pattern: string) {
    const parts = pattern.split('*');
    this.start = parts.shift() ?? '';
    this.end = parts.pop() ?? '';
    this.middle = parts.filter((part) => part !== '');
    this.literalLength = pattern.length - parts.length - 1;
  }

  matches(name: string): boolean {
    const last = name.length - this.end.length;
    if (last < this.start.length || !name.startsWith(this.start) || !name.endsWith(this.end)) return false;
    let from = this.start.length;
    for (const part of this.middle) {
      // The first place leaves the most for what follows.
      const found = name.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return from <= last;
  }
}

export function isNamePattern(name: string): boolean {
  return name.includes('*');
}
