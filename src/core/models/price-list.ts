import { LRUCache } from 'lru-cache';
import { LIST_PRICES, LIST_PRICES_VERSION, UNKNOWN_MODEL_PRICE } from './list-prices.js';
import { modelSpellings } from './model-spellings.js';
import { isNamePattern, NamePattern } from './name-pattern.js';
import { type ModelPricing, type OwnPrice, wholePrice } from './prices.js';

/** Few models answer; looking one up takes some microseconds. */
const MOST_KNOWN_MODELS = 500;
/** No model's name is as long, and none that is gets remembered. */
const LONGEST_NAME = 256;
/** How the service spells hidden models, such as `CLAUDE_SONNET_4_5_20250929_V1_0` (amazon-q.md §7.2). */
const HIDDEN_VERSION = /-v\d{1,2}-\d{1,2}$/;

/** A price of the operator's for credits alone: tokens cost what they would without it. */
type OwnPricing = ModelPricing | Required<Pick<ModelPricing, 'credit'>>;

/** A line of the price table. */
export interface PriceEntry {
  /** A model's name in small letters, which may have `*` for any text. */
  readonly model: string;
  readonly source: 'own' | 'list';
  readonly pricing: OwnPricing;
}

/** What each model costs: the operator's price for it, else its list price, else that of a model nobody knows. */
export class PriceList {
  /** Changes with the list, and with the operator's prices: such as `2026-11-21`, or `2026-11-21+4` with prices of their own. */
  readonly version: string;
  private readonly own: PriceTable<OwnPricing>;
  private readonly known = new LRUCache<string, ModelPricing>({ max: MOST_KNOWN_MODELS });

  /**
   * @param own model name, which may have `*` for any text → its price
   * @param revision of the operator's prices
   */
  constructor(own: Readonly<Record<string, OwnPrice>>, revision = 0) {
    const entries = Object.entries(own).map(([name, price]) => [name.toLowerCase(), ownPricing(price)] as const);
    this.own = new PriceTable(entries);
    this.version = entries.length === 0 ? LIST_PRICES_VERSION : `${LIST_PRICES_VERSION}+${revision}`;
  }

  /** The whole table. Of several lines that fit a model, the first is its price. */
  get entries(): readonly PriceEntry[] {
    return [
      ...this.own.entries.map(([model, pricing]) => ({ model, source: 'own' as const, pricing })),
      ...[...LISTED.entries, ['*', UNKNOWN_MODEL_PRICE] as const].map(([model, pricing]) => ({
        model,
        source: 'list' as const,
        pricing,
      })),
    ];
  }

  /** @param modelId as upstream names it, or in any spelling of that */
  pricingOf(modelId: string): ModelPricing {
    if (modelId.length > LONGEST_NAME) return UNKNOWN_MODEL_PRICE;
    const known = this.known.get(modelId);
    if (known) return known;
    const names = spellingsOf(modelId);
    const own = this.own.find(names);
    const pricing =
      own && 'input' in own
        ? own
        : { ...(LISTED.find(names) ?? UNKNOWN_MODEL_PRICE), ...(own && { credit: own.credit }) };
    this.known.set(modelId, pricing);
    return pricing;
  }
}

/** Prices by name and by pattern: a name goes before patterns, of patterns the one that says most. */
class PriceTable<Pricing> {
  private readonly exact: ReadonlyMap<string, Pricing>;
  private readonly patterns: readonly { name: string; pattern: NamePattern; pricing: Pricing }[];

  constructor(entries: readonly (readonly [name: string, pricing: Pricing])[]) {
    this.exact = new Map(entries.filter(([name]) => !isNamePattern(name)));
    this.patterns = entries
      .filter(([name]) => isNamePattern(name))
      .map(([name, pricing]) => ({ name, pattern: new NamePattern(name), pricing }))
      .sort((a, b) => b.pattern.literalLength - a.pattern.literalLength);
  }

  /** In the order they are looked at. */
  get entries(): readonly (readonly [name: string, pricing: Pricing])[] {
    return [...this.exact, ...this.patterns.map(({ name, pricing }) => [name, pricing] as const)];
  }

  find(names: readonly string[]): Pricing | undefined {
    for (const name of names) {
      const pricing = this.exact.get(name);
      if (pricing) return pricing;
    }
    return this.patterns.find(({ pattern }) => names.some((name) => pattern.matches(name)))?.pricing;
  }
}

const LISTED = new PriceTable(Object.entries(LIST_PRICES));

function ownPricing(price: OwnPrice): OwnPricing {
  if (price.input === undefined) return { credit: price.credit };
  return { ...wholePrice(price), ...(price.credit !== undefined && { credit: price.credit }) };
}

function spellingsOf(modelId: string): readonly string[] {
  const plain = modelId.toLowerCase().replaceAll('_', '-').replace(HIDDEN_VERSION, '');
  return [...new Set([...modelSpellings(modelId), ...modelSpellings(plain)])];
}
