import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { StatusChanges } from '../../src/accounts/health/status-changes.service.js';
import { Cooldowns } from '../../src/accounts/pool/cooldowns.service.js';
import type { RunningGateway } from './start-gateway.js';

/** Every account that a failure put out of use, for good or for a moment, can be chosen again. */
export async function backInUse(gateway: RunningGateway): Promise<void> {
  const statuses = gateway.app.get(StatusChanges);
  const cooldowns = gateway.app.get(Cooldowns);
  for (const { id } of gateway.app.get(AccountDirectory).list()) {
    cooldowns.end(id);
    await statuses.reset(id);
  }
}
