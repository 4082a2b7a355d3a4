import type { ModelNames } from './model-names.js';
import { isNamePattern, NamePattern } from './name-pattern.js';
import { publicModelId } from './public-model-id.js';

const CLAUDE = /^claude-/;

/**
 * The models a key may ask for: names, and patterns with `*` for any text, in letters of either size. What counts is the
 * model that a name leads to; the name itself only where no client can make it fit a pattern that means other models.
 */
export class AllowedModels {
  private readonly exact: ReadonlySet<string>;
  private readonly patterns: readonly NamePattern[];
  /** Those that say how a name begins. */
  private readonly beginnings: readonly NamePattern[];

  constructor(globs: readonly string[]) {
    const small = globs.map((glob) => glob.toLowerCase());
    const patterns = small.filter(isNamePattern);
    this.exact = new Set(small.filter((glob) => !isNamePattern(glob)));
    this.patterns = patterns.map((glob) => new NamePattern(glob));
    this.beginnings = patterns.filter((glob) => !glob.startsWith('*')).map((glob) => new NamePattern(glob));
  }

  /**
   * Whether a model may be asked for by a name.
   * @param requested as the client wrote it: a glob without `*` is that very name, one that begins with text is meant for
   * names as OpenAI's; `*haiku*` is not, `gpt-haiku` would lead to a Sonnet
   * @param modelId what it leads to, by upstream's name
   * @param names the operator's: an alias stands for its model wherever it fits
   */
  permits(requested: string, modelId: string, names: ModelNames): boolean {
    if (this.allows(modelId) || this.allows(publicModelId(modelId))) return true;
    const name = requested.toLowerCase();
    const spellings = names.spellingsOf(requested);
    const alias = spellings.find((spelling) => names.exact.has(spelling));
    if (alias !== undefined && this.allows(alias)) return true;
    // The name of another Claude model, which leads elsewhere by a pattern of the operator's.
    if (spellings.some((spelling) => CLAUDE.test(spelling)) && !spellings.includes(modelId)) return false;
    return this.exact.has(name) || this.beginnings.some((pattern) => pattern.matches(name));
  }

  /** Whether a glob fits a name, whatever that leads to. */
  allows(name: string): boolean {
    const small = name.toLowerCase();
    return this.exact.has(small) || this.patterns.some((pattern) => pattern.matches(small));
  }
}
