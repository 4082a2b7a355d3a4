import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { GatewayOptions } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
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
    // `wx`: nothing is overwritten, and nobody who has the old file open reads along.
    await using file = await open(path, 'wx', 0o600);
    for await (const text of await accounts.export(includeSecrets)) await file.appendFile(text);
    output.tell(`Written to ${path}`);
  });
}
