import { type GatewayOptions, remoteIn } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
import type { Accounts } from './gateway-accounts.js';

/** The accounts of the gateway that `--url` names, or those in the database; closed when the work is done. */
export async function withAccounts<Result>(
  options: GatewayOptions,
  surroundings: Surroundings,
  work: (accounts: Accounts) => Promise<Result>,
): Promise<Result> {
  const accounts = await openAccounts(options, surroundings);
  try {
    return await work(accounts);
  } finally {
    await accounts.close();
  }
}

async function openAccounts(options: GatewayOptions, surroundings: Surroundings): Promise<Accounts> {
  const remote = await remoteIn(options, surroundings);
  if (remote) return new (await import('./remote-accounts.js')).RemoteAccounts(remote);
  const { LocalAccounts } = await import('./local-accounts.js');
  return LocalAccounts.open(surroundings.environment);
}
