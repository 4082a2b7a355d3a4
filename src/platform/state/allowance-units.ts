import type { AllowanceLimits, Amount } from './allowance.js';

/** Costs are added up in whole billionths, which stay exact up to nine million: fractions would not add up. */
const BILLIONTHS = 1e9;
/** One request; nine thousand of these in one month still are whole numbers. */
const MOST = 1e12;
const MOST_BILLIONTHS = 1e15;

/** An amount in whole numbers. */
export interface Units {
  tokens: number;
  /** Billionths of the currency of the price table. */
  billionths: number;
}

export const NOTHING: Units = { tokens: 0, billionths: 0 };

/** What was used. */
export function unitsOf({ tokens, cost }: Amount): Units {
  return { tokens: whole(tokens, MOST), billionths: whole(cost * BILLIONTHS, MOST_BILLIONTHS) };
}

/** What has to be there for a request to begin: at least a little, so that nothing begins with all of it used. */
export function neededUnitsOf(estimate: Amount): Units {
  const { tokens, billionths } = unitsOf(estimate);
  return { tokens: Math.max(tokens, 1), billionths: Math.max(billionths, 1) };
}

/** What is stored: any number of requests. */
export function spentUnitsOf({ tokens, cost }: Amount): Units {
  return {
    tokens: whole(tokens, Number.MAX_SAFE_INTEGER),
    billionths: whole(cost * BILLIONTHS, Number.MAX_SAFE_INTEGER),
  };
}

/** The budget of a month; undefined: none. */
export function budgetOf({ monthlyTokenBudget, monthlyCostBudget }: AllowanceLimits): Partial<Units> {
  return {
    tokens: monthlyTokenBudget,
    billionths: monthlyCostBudget === undefined ? undefined : Math.round(monthlyCostBudget * BILLIONTHS),
  };
}

export function hasBudget({ monthlyTokenBudget, monthlyCostBudget }: AllowanceLimits): boolean {
  return monthlyTokenBudget !== undefined || monthlyCostBudget !== undefined;
}

/** A wrong number counts as none: it may come from what upstream reported. */
function whole(amount: number, most: number): number {
  return amount > 0 ? Math.min(Math.round(amount), most) : 0;
}
