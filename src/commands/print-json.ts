import type { CommandOutput } from './surroundings.js';

/** The one document of `--json`. */
export async function printJson(output: CommandOutput, document: unknown): Promise<void> {
  await output.print(`${JSON.stringify(document, null, 2)}\n`);
}
