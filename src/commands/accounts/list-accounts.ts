import { formatTable } from '../format-table.js';
import type { GatewayOptions } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import type { Surroundings } from '../surroundings.js';
import { withAccounts } from './open-accounts.js';

export async function listAccounts(options: GatewayOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const listed = await withAccounts(options, surroundings, (accounts) => accounts.list());
  if (options.json) return printJson(output, { data: listed });
  const rows = listed.map(({ id, label, provider, enabled, status, statusReason }) => [
    id,
    label,
    provider,
    enabled ? status : 'disabled',
    enabled ? (statusReason ?? '') : '',
  ]);
  await output.print(formatTable([['id', 'label', 'provider', 'status', 'reason'], ...rows], output.columns));
  if (rows.length === 0) output.tell('No account yet: `amq-gateway accounts login` or `accounts import` adds one');
}
