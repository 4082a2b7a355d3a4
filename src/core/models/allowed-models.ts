import { NamePattern } from './name-pattern.js';

/** The models a key may ask for: names, and patterns with `*` for any text. */
export class AllowedModels {
  private readonly names: ReadonlySet<string>;
  private readonly patterns: readonly NamePattern[];

  constructor(globs: readonly string[]) {
    this.names = new Set(globs.filter((glob) => !glob.includes('*')));
    this.patterns = globs.filter((glob) => glob.includes('*')).map((glob) => new NamePattern(glob));
  }

  allows(name: string): boolean {
    return this.names.has(name) || this.patterns.some((pattern) => pattern.matches(name));
  }
}
