import { Cooldowns } from '../../src/accounts/pool/cooldowns.service.js';
import type { RunningGateway } from './start-gateway.js';

/** No account is left alone after a rate limit: for tests in which each request stands for itself. */
export function withoutCooldowns(gateway: RunningGateway): void {
  gateway.app.get(Cooldowns).ended = () => undefined;
}
