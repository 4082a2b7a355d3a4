import type { PassedOver } from '../../../../core/pool/passed-over.js';
import type { StrategyName } from '../../../../core/pool/strategies/strategies.js';

/** What the model's name means. */
export class MeantModelDto {
  /** @example 'claude-sonnet-4-5-20250929' */
  requested: string;

  /**
   * The model that is asked for; null where nobody can serve it.
   * @example 'claude-sonnet-4.5'
   */
  id: string | null;

  /**
   * `name`: an account lists it under that name, another spelling of it or an alias. `pattern`: by an alias with `*`, or
   * as what stands for OpenAI's models. `unlisted`: the account's list is not known, and the name goes upstream as it is.
   * @example 'name'
   */
  by: 'name' | 'pattern' | 'unlisted' | null;
}

/** The account a conversation is bound to. */
export class BindingDto {
  /** @example 'seat-1' */
  accountId: string;

  /**
   * `kept`: it serves this request. `spilled`: it is full, this request goes elsewhere and the binding stays. `ended`: it
   * can't serve any more, whoever does is bound instead.
   * @example 'kept'
   */
  state: 'kept' | 'spilled' | 'ended';
}

/** The account that would be asked. */
export class ChosenAccountDto {
  /** @example 'seat-1' */
  accountId: string;

  /** @example 'Team seat 1' */
  label: string;

  /**
   * `binding`: the conversation is bound to it. `turn`: by the strategy.
   * @example 'turn'
   */
  by: 'binding' | 'turn';

  /**
   * Accounts among which it was chosen, this one included.
   * @example 3
   */
  among: number;

  /**
   * The one request that tries whether it works again.
   * @example false
   */
  isTrial: boolean;
}

/** What a client would be told. */
export class RefusalDto {
  /** @example 'no_account' */
  error: string;

  /** @example 'No account is usable at the moment' */
  message: string;

  /**
   * Seconds.
   * @example 42
   */
  retryAfter: number | null;
}

export class ReasonCountDto {
  /** @example 'not_its_turn' */
  reason: PassedOver;

  /** @example 7 */
  accounts: number;
}

/** One account that would not be asked. */
export class PassedOverDto {
  /** @example 'seat-2' */
  accountId: string;

  /** @example 'Team seat 2' */
  label: string;

  /** @example 'breaker_open' */
  reason: PassedOver;

  /**
   * When the reason ends by itself; null: nobody knows, or it does not.
   * @example '2026-11-20T12:34:56.000Z'
   */
  until: string | null;

  /**
   * What the model's name means there; null: nothing.
   * @example 'claude-sonnet-4.5'
   */
  model: string | null;
}

/** Which account a request would get now from the process that answers, and why no other. */
export class RoutingExplanationDto {
  /** @example 'weighted_round_robin' */
  strategy: StrategyName;

  model: MeantModelDto;

  /** Of the conversation; null: it is bound to nobody. */
  binding: BindingDto | null;

  /**
   * `waits`: all who could serve are full, and a request stands in line. `asks`: nobody whose models are known will do,
   * and the others are asked for theirs, one after the other.
   * @example 'chosen'
   */
  outcome: 'chosen' | 'waits' | 'asks' | 'refused';

  chosen: ChosenAccountDto | null;

  /**
   * Where it waits: when there may be room; null also where that is when another request ends.
   * @example '2026-11-20T12:34:56.000Z'
   */
  freeAt: string | null;

  /** Where it is refused. */
  refusal: RefusalDto | null;

  /**
   * Accounts in the pool.
   * @example 8
   */
  total: number;

  /** How many were passed over for which reason, the most frequent first. */
  passedOver: ReasonCountDto[];

  /** Those passed over, one by one, `limit` at most. */
  accounts: PassedOverDto[];
}
