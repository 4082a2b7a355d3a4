import type { PooledAccount } from './availability.js';

/** Those that go before all others: no last resort where there is anybody else, and the lowest priority among them. */
export function bestPlaced<A extends PooledAccount>(accounts: readonly A[]): readonly A[] {
  const [first] = accounts;
  if (!first) return accounts;
  let best: PooledAccount = first;
  let isMixed = false;
  for (const account of accounts) {
    if (account.isLastResort === best.isLastResort && account.priority === best.priority) continue;
    isMixed = true;
    if (goesBefore(account, best)) best = account;
  }
  if (!isMixed) return accounts;
  const { isLastResort, priority } = best;
  return accounts.filter((account) => account.isLastResort === isLastResort && account.priority === priority);
}

function goesBefore(one: PooledAccount, other: PooledAccount): boolean {
  return one.isLastResort === other.isLastResort ? one.priority < other.priority : other.isLastResort;
}
