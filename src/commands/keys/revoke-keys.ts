import type { GatewayOptions } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import { FAILED } from '../statuses.js';
import type { Surroundings } from '../surroundings.js';
import { withKeys } from './with-keys.js';

/** Deletes keys, one after the other. One that can't be is told, and the others are deleted all the same. */
export async function revokeKeys(
  ids: readonly string[],
  options: GatewayOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { output } = surroundings;
  const revoked: string[] = [];
  const errors: { id: string; message: string }[] = [];
  await withKeys(options, surroundings, async (keys) => {
    for (const id of new Set(ids)) {
      try {
        await keys.revoke(id);
        revoked.push(id);
      } catch (error) {
        errors.push({ id, message: Error.isError(error) ? error.message : String(error) });
      }
    }
  });
  for (const { message } of errors) output.tell(message);
  if (errors.length > 0) surroundings.status = FAILED;
  if (options.json) await printJson(output, { revoked, errors });
  else for (const id of revoked) await output.print(`Revoked ${id}\n`);
}
