import { type GatewayOptions, remoteIn } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
import type { Keys } from './keys.js';

/** The keys of the gateway that `--url` names, or those in the database; closed when the work is done. */
export async function withKeys<Result>(
  options: GatewayOptions,
  surroundings: Surroundings,
  work: (keys: Keys) => Promise<Result>,
): Promise<Result> {
  const keys = await openKeys(options, surroundings);
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

async function openKeys(options: GatewayOptions, surroundings: Surroundings): Promise<Keys> {
  const remote = await remoteIn(options, surroundings);
  if (remote) return new (await import('./remote-keys.js')).RemoteKeys(remote);
  const { LocalGateway } = await import('../local-gateway.js');
  const { LocalKeys } = await import('./local-keys.js');
  return new LocalKeys(await LocalGateway.open(surroundings.environment));
}
