import { LRUCache } from 'lru-cache';
import { modelSpellings } from './model-spellings.js';
import { isNamePattern, NamePattern } from './name-pattern.js';

/** Clients ask for a few names over and over; taking one apart costs 5 µs. */
const MOST_KNOWN_NAMES = 500;

/** The operator's names for models: `MODEL_ALIASES` and `OPENAI_MODEL_NAMES`, made ready once. */
export class ModelNames {
  /** What a name stands for; names without `*`. */
  exact: ReadonlyMap<string, string> = new Map();
  private readonly known = new LRUCache<string, readonly string[]>({ max: MOST_KNOWN_NAMES });
  private patterns: readonly { pattern: NamePattern; target: string }[] = [];
  private changes = 0;

  /**
   * @param aliases client model name, which may have `*` for any text → upstream model id
   * @param mapsOpenaiNames whether names of OpenAI's models stand for Claude models
   */
  constructor(
    aliases: Readonly<Record<string, string>>,
    readonly mapsOpenaiNames: boolean,
  ) {
    this.use(aliases);
  }

  /** Another number after each change. */
  get version(): number {
    return this.changes;
  }

  /** Other aliases from now on. */
  use(aliases: Readonly<Record<string, string>>): void {
    this.changes++;
    const entries = Object.entries(aliases);
    this.exact = new Map(entries.filter(([name]) => !isNamePattern(name)));
    this.patterns = entries
      .filter(([name]) => isNamePattern(name))
      .map(([name, target]) => ({ pattern: new NamePattern(name.toLowerCase()), target }))
      .sort((a, b) => b.pattern.literalLength - a.pattern.literalLength);
  }

  /** The names that a requested model may have, as `modelSpellings` has them. */
  spellingsOf(requested: string): readonly string[] {
    const known = this.known.get(requested);
    if (known) return known;
    const spellings = modelSpellings(requested);
    this.known.set(requested, spellings);
    return spellings;
  }

  /** What the most specific pattern stands for that fits one of these names. */
  byPattern(names: readonly string[]): string | undefined {
    return this.patterns.find(({ pattern }) => names.some((name) => pattern.matches(name)))?.target;
  }
}
