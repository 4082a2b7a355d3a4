import { IsOptional } from 'class-validator';
import { KeyExpiry, KeyLimit, KeyModels, KeyNetworks } from './key-field.decorators.js';

/** What limits a key; null: nothing does. */
export class KeyUseDto {
  /** When the key stops working; null: never. */
  @IsOptional()
  @KeyExpiry()
  expiresAt?: string | null;

  /** Requests begun within any minute. */
  @IsOptional()
  @KeyLimit('requestsPerMinute', 60)
  requestsPerMinute?: number | null;

  /** Tokens in and out within any minute. */
  @IsOptional()
  @KeyLimit('tokensPerMinute', 100_000)
  tokensPerMinute?: number | null;

  /** Requests at the same time. */
  @IsOptional()
  @KeyLimit('maxConcurrent', 4)
  maxConcurrent?: number | null;

  /** Tokens in and out within a calendar month (UTC). */
  @IsOptional()
  @KeyLimit('monthlyTokenBudget', 50_000_000)
  monthlyTokenBudget?: number | null;

  /** Cost within a calendar month (UTC), in the currency of the price table; more than 0. */
  @IsOptional()
  @KeyLimit('monthlyCostBudget', 99.5)
  monthlyCostBudget?: number | null;

  /** Models it may ask for: names, and patterns with `*` for any text; null: all. */
  @IsOptional()
  @KeyModels()
  allowedModels?: string[] | null;

  /** Addresses and networks from which it may be used; null: all. */
  @IsOptional()
  @KeyNetworks()
  allowedCidrs?: string[] | null;
}
