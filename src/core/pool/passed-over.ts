import { type Fullness, freeAt, fullnessOf, type Outage, outageOf, type PooledAccount } from './availability.js';

/** Why an account that works is none for this request. */
export type Unfitness =
  | 'left_by_request' // it failed for this very request
  | 'other_provider' // the request takes accounts of another kind only
  | 'model_not_listed'
  | 'list_unknown' // nobody asked it yet what it lists
  | 'pattern_only'; // a pattern leads to a model there, while others list it under its own name

/** Why another account went before one that could have served. */
export type Precedence =
  | 'named_elsewhere' // another one was named in advance
  | 'bound_elsewhere' // the conversation is bound to another one
  | 'last_resort' // its weight is 0, or it is over its plan
  | 'lower_priority'
  | 'not_its_turn';

export type PassedOver = Outage | Unfitness | Fullness | Precedence;

/** How the account that is asked was found. */
export type ChosenBy = 'name' | 'binding' | 'turn';

export interface Choice {
  chosen: PooledAccount;
  by: ChosenBy;
}

/**
 * Why a request did not get this account: what is wrong with it goes before what keeps it from this request, that before
 * what keeps it for the moment, and that before what stands to another's credit.
 * @param choice undefined: nobody was chosen
 */
export function passedOver(
  account: PooledAccount,
  unfitness: Unfitness | undefined,
  choice: Choice | undefined,
  now: number,
): PassedOver {
  return outageOf(account, now) ?? unfitness ?? fullnessOf(account, now) ?? precedenceOf(account, choice);
}

/** When the reason ends by itself, epoch milliseconds; undefined: nobody knows, or it does not. */
export function endOf(reason: PassedOver, account: PooledAccount, now: number): number | undefined {
  switch (reason) {
    case 'quota_exhausted':
      return account.statusUntil;
    case 'breaker_open':
      return account.breaker.snapshot.openUntil;
    case 'breaker_trial':
      return account.breaker.snapshot.trialUntil;
    case 'rate_limited':
    case 'requests_per_minute': {
      const end = freeAt(account, now);
      return Number.isFinite(end) ? end : undefined;
    }
    default:
      return undefined;
  }
}

function precedenceOf(account: PooledAccount, choice: Choice | undefined): Precedence {
  if (choice?.by === 'name') return 'named_elsewhere';
  if (choice?.by === 'binding') return 'bound_elsewhere';
  if (account.isLastResort && choice && !choice.chosen.isLastResort) return 'last_resort';
  return choice && account.priority > choice.chosen.priority ? 'lower_priority' : 'not_its_turn';
}
