import { inProject } from './command-line.mjs';
import { runProgram } from './run-program.mjs';

/**
 * `amq-gateway client setup`, as a user of the gateway would run it.
 * @param {import('./stage.mjs').Stage} stage its gateway runs
 * @param {readonly string[]} args
 * @param {Record<string, string>} environment the client's
 * @returns {Promise<{ exitCode: number | null, stderr: string, said: Record<string, any> }>} `said` is its JSON
 */
export async function setUpClient(stage, args, environment) {
  const program = inProject('dist/src/commands/amq-gateway.js');
  const { exitCode, stdout, stderr } = await runProgram(
    process.execPath,
    [program, 'client', 'setup', ...args, '--json'],
    { folder: stage.workFolder, environment: { ...environment, AMQ_GATEWAY_KEY: stage.gateway.adminKey } },
  );
  return { exitCode, stderr, said: stdout === '' ? {} : JSON.parse(stdout) };
}

/** @param {import('./checks.mjs').Checks} checks @param {Awaited<ReturnType<typeof setUpClient>>} setup */
export function checkSetup(checks, what, { exitCode, stderr, said }, changes) {
  checks.that(`${what} ends with 0`, exitCode === 0, stderr);
  checks.equal(
    `${what} says what became of each file`,
    said.files?.map(({ change }) => change),
    changes,
  );
}
