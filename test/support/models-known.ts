import type { Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import type { RunningGateway } from './start-gateway.js';

/**
 * Resolves when the gateway knows what each account lists. Before, an account whose list is on its way is passed over;
 * after it they take turns from the next request on.
 */
export async function modelsKnown(gateway: RunningGateway, simulator: Simulator): Promise<void> {
  const models = gateway.app.get(ModelList);
  const lists = await Promise.all(simulator.accounts.map(({ id }) => models.get(id)));
  if (lists.includes('unknown')) throw new Error('an account could not be asked for its models');
}
