import { formatTable } from '../format-table.js';
import type { GatewayOptions } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import type { Surroundings } from '../surroundings.js';
import { withKeys } from './with-keys.js';

export async function listKeys(options: GatewayOptions, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  const listed = await withKeys(options, surroundings, (keys) => keys.list());
  if (options.json) return printJson(output, { data: listed });
  const rows = listed.map(({ id, name, prefix, scopes, enabled, expiresAt, lastUsedAt }) => [
    id,
    name,
    `${prefix}…`,
    scopes.join(' '),
    enabled ? 'yes' : 'no',
    minuteOf(expiresAt) ?? 'never',
    minuteOf(lastUsedAt) ?? 'never',
  ]);
  const heading = ['id', 'name', 'key', 'scopes', 'enabled', 'expires', 'last used'];
  await output.print(formatTable([heading, ...rows], output.columns));
}

function minuteOf(time: string | null): string | undefined {
  return time?.slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ');
}
