/** US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A price for tokens. What is left out of the cache's follows from `input`, as it does for most models. */
export type TokenPrice = Pick<ModelPrice, 'input' | 'output'> & Partial<ModelPrice>;

/** US dollars for one of the credits that upstream reports. */
interface CreditPrice {
  readonly credit: number;
}

/** A price of the operator's own: for tokens, for credits, or for both. */
export type OwnPrice = (TokenPrice & Partial<CreditPrice>) | (CreditPrice & Partial<Record<keyof ModelPrice, never>>);

/** Tokens of one request; what was read from or written to the cache is not in `input`. */
export interface TokenUse {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What a model costs; some cost more where the whole prompt is longer than so many tokens. */
export interface ModelPricing extends ModelPrice {
  readonly longPrompts?: { readonly above: number; readonly price: ModelPrice };
  /** US dollars for a credit: goes before the tokens' where upstream reported credits. */
  readonly credit?: number;
}

const PRICED_TOKENS = 1_000_000;
const CACHE_READ_SHARE = 0.1;
const CACHE_WRITE_SHARE = 1.25;

/** The whole price: of what is left out, the usual shares of the input's. */
export function wholePrice({ input, output, cacheRead, cacheWrite }: TokenPrice): ModelPrice {
  return {
    input,
    output,
    cacheRead: cacheRead ?? input * CACHE_READ_SHARE,
    cacheWrite: cacheWrite ?? input * CACHE_WRITE_SHARE,
  };
}

/**
 * US dollars.
 * @param credits as upstream reported them; undefined: it reported none
 */
export function costAt(pricing: ModelPricing, use: TokenUse, credits?: number): number {
  const { longPrompts, credit } = pricing;
  if (credit !== undefined && credits !== undefined) return credits * credit;
  const isLong = longPrompts !== undefined && use.input + use.cacheRead + use.cacheWrite > longPrompts.above;
  const { input, output, cacheRead, cacheWrite } = isLong ? longPrompts.price : pricing;
  const cost = use.input * input + use.output * output + use.cacheRead * cacheRead + use.cacheWrite * cacheWrite;
  return cost / PRICED_TOKENS;
}
