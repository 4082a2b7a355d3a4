import { parseArgs } from 'node:util';

export interface CommandLine {
  port: number;
  host: string;
  accounts: number;
  json: boolean;
  help: boolean;
}

const accountLimit = 1000;

export const usage = `Usage: npm run simulator -- [options]

A stand-in for Amazon Q Developer: API, control plane and token endpoint on one port.

  --port <number>      port to listen on; 0 takes any free one (default 8090)
  --host <address>     address to listen on (default 127.0.0.1)
  --accounts <number>  accounts to begin with (default 3)
  --json               print address and accounts as one line of JSON
  --help               print this
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8090' },
      host: { type: 'string', default: '127.0.0.1' },
      accounts: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    port: wholeNumber('--port', values.port, 0, 65_535),
    host: values.host,
    accounts: wholeNumber('--accounts', values.accounts, 1, accountLimit),
    json: values.json,
    help: values.help,
  };
}

function wholeNumber(name: string, value: string, least: number, most: number): number {
  const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(parsed >= least && parsed <= most)) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not '${value}'`);
  }
  return parsed;
}
