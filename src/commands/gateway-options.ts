import type { Command } from 'commander';
import type { RemoteGateway } from './remote-gateway.js';
import { type Surroundings, UsageError } from './surroundings.js';

/** What every command takes that works on a running gateway or on the database. */
export interface GatewayOptions {
  url?: string;
  keyFile?: string;
  json?: boolean;
}

/** @param json whether the command has a result to be printed as JSON */
export function withGatewayOptions(command: Command, { json = true } = {}): Command {
  if (json) command.option('--json', 'prints one JSON document, and nothing else to standard output');
  return command
    .option('--url <url>', 'asks this running gateway, with the key in AMQ_GATEWAY_KEY, instead of the database')
    .option('--key-file <file>', 'the key for --url stands in this file; - is standard input');
}

/** The gateway that `--url` names. @throws UsageError when it can't be asked */
export async function remoteIn(
  { url, keyFile }: GatewayOptions,
  surroundings: Surroundings,
): Promise<RemoteGateway | undefined> {
  if (url === undefined) {
    if (keyFile !== undefined) throw new UsageError('--key-file is for --url');
    return undefined;
  }
  const { RemoteGateway } = await import('./remote-gateway.js');
  return RemoteGateway.at({ url, keyFile }, surroundings);
}
