import { UsageWindow } from '../../src/core/limits/usage-window.js';
import type { PooledAccount } from '../../src/core/pool/availability.js';
import { Breaker } from '../../src/core/pool/breaker.js';
import { candidate } from './candidates.js';

/** An account that can be asked, but for what is said. */
export function pooledAccount(id: string, fields: Partial<PooledAccount> = {}): PooledAccount {
  return {
    ...candidate(id),
    isEnabled: true,
    status: 'active',
    isInDoubt: false,
    isLastResort: false,
    priority: 0,
    breaker: new Breaker(),
    coolingUntil: 0,
    window: new UsageWindow(),
    ...fields,
  };
}
