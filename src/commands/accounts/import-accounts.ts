import { resolve } from 'node:path';
import { readImportFiles } from '../../accounts/import/read-import-files.js';
import type { GatewayOptions } from '../gateway-options.js';
import { printJson } from '../print-json.js';
import { FAILED } from '../statuses.js';
import type { Surroundings } from '../surroundings.js';
import { formatImport } from './format-import.js';
import { withAccounts } from './open-accounts.js';

/** The status is `FAILED` when one of the entries could not be imported; the others are. */
export async function importAccounts(
  files: readonly string[],
  options: GatewayOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { output, folder } = surroundings;
  await withAccounts(options, surroundings, async (accounts) => {
    const paths = files.map((file) => resolve(folder, file));
    const { sources, ignored } = await readImportFiles(paths, new Date());
    for (const { file, reason } of ignored) output.tell(`${file}: ${reason}; left out`);
    output.tell(`Importing into ${accounts.name}`);
    const result = await accounts.import(sources, (done, total) => output.show(`${done} of ${total}`));
    output.show('');
    if (options.json) await printJson(output, result);
    else await output.print(formatImport(result, output.columns));
    if (result.errors.length > 0) surroundings.status = FAILED;
  });
}
