import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { StatusChanges } from '../../src/accounts/health/status-changes.service.js';
import type { RunningGateway } from './start-gateway.js';

/** Every account that a failure put out of use can be chosen again. */
export async function backInUse(gateway: RunningGateway): Promise<void> {
  const statuses = gateway.app.get(StatusChanges);
  for (const { id } of gateway.app.get(AccountDirectory).list()) await statuses.reset(id);
}
