import { isNamePattern, NamePattern } from './name-pattern.js';

/** The operator's names for models: `MODEL_ALIASES` and `OPENAI_MODEL_NAMES`, made ready once. */
export class ModelNames {
  /** What a name stands for; names without `*`. */
  readonly exact: ReadonlyMap<string, string>;
  private readonly patterns: readonly { pattern: NamePattern; target: string }[];

  /**
   * @param aliases client model name, which may have `*` for any text → upstream model id
   * @param mapsOpenaiNames whether names of OpenAI's models stand for Claude models
   */
  constructor(
    aliases: Readonly<Record<string, string>>,
    readonly mapsOpenaiNames: boolean,
  ) {
    const entries = Object.entries(aliases);
    this.exact = new Map(entries.filter(([name]) => !isNamePattern(name)));
    this.patterns = entries
      .filter(([name]) => isNamePattern(name))
      .map(([name, target]) => ({ pattern: new NamePattern(name.toLowerCase()), target }))
      .sort((a, b) => b.pattern.literalLength - a.pattern.literalLength);
  }

  /** What the most specific pattern stands for that fits one of these names. */
  byPattern(names: readonly string[]): string | undefined {
    return this.patterns.find(({ pattern }) => names.some((name) => pattern.matches(name)))?.target;
  }
}
