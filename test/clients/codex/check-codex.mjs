/** @typedef {import('../checks.mjs').Checks} Checks @typedef {import('./run-codex.mjs').CodexRun} CodexRun */

/** Codex did what it was asked to. @param {Checks} checks @param {CodexRun} run */
export function checkSuccess(checks, { exitCode, timedOut, events, failure, stderr }) {
  checks.that('Codex ends in time', !timedOut);
  checks.that('Codex exits with 0', exitCode === 0, { exitCode, failure, stderr });
  checks.equal('its turn is completed', events.at(-1)?.type, 'turn.completed');
}

/** Codex gave up, and told why. @param {Checks} checks @param {CodexRun} run @param {RegExp} why */
export function checkFailure(checks, { exitCode, timedOut, failure, stderr }, why) {
  checks.that('Codex ends in time', !timedOut);
  checks.that('Codex exits with 1', exitCode === 1, { exitCode, stderr });
  checks.that('it shows why', why.test(failure), { failure, expected: String(why) });
}

/** Codex asked for everything once. @param {Checks} checks @param {CodexRun} run */
export function checkNoRetry(checks, run) {
  checks.none('it repeated no request', retriesOf(run));
}

/** The repeats it announced: `Reconnecting... 1/5 (…)`. @param {CodexRun} run */
export function retriesOf({ events }) {
  const errors = events.filter(({ type }) => type === 'error').map(({ message }) => message);
  return errors.filter((message) => message.startsWith('Reconnecting'));
}

/**
 * The commands it ran, each as the shell got it, and how they ended.
 * @param {CodexRun} run
 * @returns {[command: string, exitCode: number][]}
 */
export function commandsOf({ items }) {
  const commands = items.filter(({ type }) => type === 'command_execution');
  return commands.map(({ command, exit_code: exitCode }) => [command, exitCode]);
}
