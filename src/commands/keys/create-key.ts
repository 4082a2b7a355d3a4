import type { GatewayOptions } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import type { Surroundings } from '../surroundings.js';
import type { WantedKey } from './keys.js';
import { withKeys } from './with-keys.js';

/** As commander names them. */
export interface CreateKeyOptions extends GatewayOptions {
  scope?: string[];
  expiresAt?: string;
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  maxConcurrent?: number;
  monthlyTokens?: number;
  monthlyCost?: number;
  model?: string[];
  network?: string[];
}

/** Prints the key alone, so that a script can take it; there is no second chance to see it. */
export async function createKey(name: string, options: CreateKeyOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const created = await withKeys(options, surroundings, (keys) => keys.create(wantedKey(name, options)));
  if (options.json) return printJson(output, created);
  output.tell(`Key ${created.id} (${created.scopes.join(', ')}), shown only this once:`);
  await output.print(`${created.key}\n`);
}

function wantedKey(name: string, options: CreateKeyOptions): WantedKey {
  const { scope: scopes, expiresAt, requestsPerMinute, tokensPerMinute, maxConcurrent } = options;
  const { monthlyTokens: monthlyTokenBudget, monthlyCost: monthlyCostBudget } = options;
  const { model: allowedModels, network: allowedCidrs } = options;
  const limits = { requestsPerMinute, tokensPerMinute, maxConcurrent, monthlyTokenBudget, monthlyCostBudget };
  const given = { name, scopes, expiresAt, ...limits, allowedModels, allowedCidrs };
  // What is left out is not limited, and the scope is the service's own default.
  return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), name };
}
