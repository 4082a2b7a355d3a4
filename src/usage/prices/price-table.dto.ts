import { ApiProperty } from '@nestjs/swagger';
import type { PriceEntry, PriceList } from '../../core/models/price-list.js';
import type { ModelPrice } from '../../core/models/prices.js';

export class LongPromptsDto {
  /**
   * A request whose prompt, with what the cache has of it, has more tokens than this costs this much throughout.
   * @example 272000
   */
  above: number;

  /** @example 10 */
  input: number;

  /** @example 45 */
  output: number;

  /** @example 1 */
  cacheRead: number;

  /** @example 12.5 */
  cacheWrite: number;
}

/**
 * A line of the price table, in US dollars for a million tokens. Tokens without a price here cost what the first line
 * of the list says that fits.
 */
export class PriceDto {
  /**
   * A model's name in small letters, which may have `*` for any text.
   * @example 'gpt-5.6-sol*'
   */
  model: string;

  /** The setting `prices`, or the list that comes with the service. */
  @ApiProperty({ type: String, enum: ['own', 'list'], example: 'list' })
  source: PriceEntry['source'];

  /**
   * What is not read from the cache.
   * @example 5
   */
  input: number | null;

  /**
   * Thinking included.
   * @example 30
   */
  output: number | null;

  /** @example 0.5 */
  cacheRead: number | null;

  /** @example 6.25 */
  cacheWrite: number | null;

  longPrompts: LongPromptsDto | null;

  /**
   * US dollars for a credit: what a request costs for which upstream reported credits, whatever its tokens.
   * @example null
   */
  credit: number | null;
}

/** What each model costs: of the lines that fit a model's name, the first. */
export class PriceTableDto {
  /** @example 'USD' */
  currency: 'USD';

  /**
   * Stands with every cost in the request log: the day of the list, and with prices of one's own the revision of the
   * settings.
   * @example '2026-11-21+4'
   */
  version: string;

  data: PriceDto[];
}

const NO_TOKEN_PRICES = { input: null, output: null, cacheRead: null, cacheWrite: null };

export function encodePrices({ version, entries }: PriceList): PriceTableDto {
  return { currency: 'USD', version, data: entries.map(encodeEntry) };
}

function encodeEntry({ model, source, pricing }: PriceEntry): PriceDto {
  const isOfTokens = 'input' in pricing;
  const longPrompts = isOfTokens ? pricing.longPrompts : undefined;
  return {
    model,
    source,
    ...(isOfTokens ? tokenPrices(pricing) : NO_TOKEN_PRICES),
    longPrompts: longPrompts ? { above: longPrompts.above, ...tokenPrices(longPrompts.price) } : null,
    credit: pricing.credit ?? null,
  };
}

/** Shares of a price, such as a tenth of 3, without the traces of binary fractions. */
function tokenPrices({ input, output, cacheRead, cacheWrite }: ModelPrice): ModelPrice {
  return {
    input: rounded(input),
    output: rounded(output),
    cacheRead: rounded(cacheRead),
    cacheWrite: rounded(cacheWrite),
  };
}

function rounded(price: number): number {
  return Number(price.toPrecision(12));
}
