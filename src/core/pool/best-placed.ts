import type { PooledAccount } from './availability.js';

/** Those that go before all others: no last resort where there is anybody else, and the lowest priority among them. */
export function bestPlaced<A extends PooledAccount>(accounts: readonly A[]): readonly A[] {
  const [first] = accounts;
  if (!first) return accounts;
  let best = first;
  let isMixed = false;
  for (const account of accounts) {
    const order = compare(account, best);
    isMixed ||= order !== 0;
    if (order < 0) best = account;
  }
  return isMixed ? accounts.filter((account) => compare(account, best) === 0) : accounts;
}

function compare(one: PooledAccount, other: PooledAccount): number {
  return Number(one.isLastResort) - Number(other.isLastResort) || one.priority - other.priority;
}
