import { parseArgs } from 'node:util';
import { scenarioNames } from './scenarios/scenarios.js';

export interface CommandLine {
  /** File for the results as JSON. */
  json?: string;
  /** Folder for CPU profiles; profiles are taken instead of measurements. */
  profile?: string;
  /** Names of the scenarios to run. */
  scenarios: readonly string[];
  quick: boolean;
  help: boolean;
}

export const usage = `Usage: npm run bench -- [options]

Measures the gateway beside a bare pass-through proxy and beside the direct call, against the simulator on loopback.

  --scenario <name>    run only this one; may be given several times (${scenarioNames.join(', ')})
  --quick              short windows: a first look, not a result
  --json <file>        write the results as JSON, too
  --profile <folder>   take CPU profiles of the gateway instead and print where the time goes
  --help               print this
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.scenario?.find((name) => !scenarioNames.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--scenario must be one of ${scenarioNames.join(', ')}, not '${unknown}'`);
  }
  const { json, profile, quick, help } = values;
  return { json, profile, quick, help, scenarios: values.scenario ?? scenarioNames };
}
