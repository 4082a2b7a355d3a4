import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf, inWords } from '../file-error.js';
import type { GatewayOptions } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
import type { Accounts } from './gateway-accounts.js';
import { withAccounts } from './open-accounts.js';

export interface ExportOptions extends GatewayOptions {
  includeSecrets?: boolean;
  output?: string;
}

export async function exportAccounts(options: ExportOptions, surroundings: Surroundings): Promise<void> {
  const { includeSecrets = false } = options;
  const { output, folder } = surroundings;
  await withAccounts(options, surroundings, async (accounts) => {
    if (options.output === undefined) {
      for await (const text of await accounts.export(includeSecrets)) await output.print(text);
      return;
    }
    const path = resolve(folder, options.output);
    await writeExport(accounts, includeSecrets, path, surroundings.interruption());
    output.tell(`Written to ${path}`);
  });
}

/** Into a new file, which is whole or not there. @throws Error in words for the operator */
async function writeExport(accounts: Accounts, includeSecrets: boolean, path: string, signal: AbortSignal) {
  // `wx`: nothing is overwritten, and nobody who has the old file open reads along.
  await using file = await open(path, 'wx', 0o600).catch((error) => {
    if (codeOf(error) === 'EEXIST') throw new Error(`${path} is there already, and is not overwritten`);
    throw inWords(error, path, 'written');
  });
  try {
    for await (const text of await accounts.export(includeSecrets)) {
      if (signal.aborted) throw new Error('Interrupted: nothing was written');
      await file.appendFile(text);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
