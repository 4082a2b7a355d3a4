import { LRUCache } from 'lru-cache';
import { LIST_PRICES, UNKNOWN_MODEL_PRICE } from './list-prices.js';
import { modelSpellings } from './model-spellings.js';
import { isNamePattern, NamePattern } from './name-pattern.js';
import { type ModelPricing, type OwnPrice, wholePrice } from './prices.js';

/** Few models answer; looking one up takes some microseconds. */
const MOST_KNOWN_MODELS = 500;
/** No model's name is as long, and none that is gets remembered. */
const LONGEST_NAME = 256;
/** How the service spells hidden models, such as `CLAUDE_SONNET_4_5_20250929_V1_0` (amazon-q.md §7.2). */
const HIDDEN_VERSION = /-v\d{1,2}-\d{1,2}$/;

/** What each model costs: the operator's price for it, else its list price, else that of a model nobody knows. */
export class PriceList {
  private readonly tables: readonly PriceTable[];
  private readonly known = new LRUCache<string, ModelPricing>({ max: MOST_KNOWN_MODELS });

  /** @param own model name, which may have `*` for any text → its price */
  constructor(own: Readonly<Record<string, OwnPrice>>) {
    const wholeOwn = Object.entries(own).map(([name, price]) => [name.toLowerCase(), wholePrice(price)] as const);
    this.tables = [new PriceTable(wholeOwn), LISTED];
  }

  /** @param modelId as upstream names it, or in any spelling of that */
  pricingOf(modelId: string): ModelPricing {
    if (modelId.length > LONGEST_NAME) return UNKNOWN_MODEL_PRICE;
    const known = this.known.get(modelId);
    if (known) return known;
    const names = spellingsOf(modelId);
    let pricing: ModelPricing | undefined;
    for (const table of this.tables) pricing ??= table.find(names);
    pricing ??= UNKNOWN_MODEL_PRICE;
    this.known.set(modelId, pricing);
    return pricing;
  }
}

/** Prices by name and by pattern: a name goes before patterns, of patterns the one that says most. */
class PriceTable {
  private readonly exact: ReadonlyMap<string, ModelPricing>;
  private readonly patterns: readonly { pattern: NamePattern; pricing: ModelPricing }[];

  constructor(entries: readonly (readonly [name: string, pricing: ModelPricing])[]) {
    this.exact = new Map(entries.filter(([name]) => !isNamePattern(name)));
    this.patterns = entries
      .filter(([name]) => isNamePattern(name))
      .map(([name, pricing]) => ({ pattern: new NamePattern(name), pricing }))
      .sort((a, b) => b.pattern.literalLength - a.pattern.literalLength);
  }

  find(names: readonly string[]): ModelPricing | undefined {
    for (const name of names) {
      const pricing = this.exact.get(name);
      if (pricing) return pricing;
    }
    return this.patterns.find(({ pattern }) => names.some((name) => pattern.matches(name)))?.pricing;
  }
}

const LISTED = new PriceTable(Object.entries(LIST_PRICES));

function spellingsOf(modelId: string): readonly string[] {
  const plain = modelId.toLowerCase().replaceAll('_', '-').replace(HIDDEN_VERSION, '');
  return [...new Set([...modelSpellings(modelId), ...modelSpellings(plain)])];
}
