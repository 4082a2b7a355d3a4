/**
 * Claude Code did what it was asked to.
 * @param {import('../checks.mjs').Checks} checks
 * @param {import('./run-claude-code.mjs').ClaudeCodeRun} run
 */
export function checkSuccess(checks, { exitCode, timedOut, result, stderr }) {
  checks.that('Claude Code ends in time', !timedOut);
  checks.that('Claude Code exits with 0', exitCode === 0, { exitCode, stderr, result: result?.result });
  checks.equal('its result is a success', [result?.subtype, result?.is_error], ['success', false]);
  checks.none('no tool was refused', result?.permission_denials ?? []);
}

/**
 * Claude Code gave up, and told why.
 * @param {import('../checks.mjs').Checks} checks
 * @param {import('./run-claude-code.mjs').ClaudeCodeRun} run
 * @param {RegExp} why
 */
export function checkFailure(checks, { exitCode, timedOut, result, stderr }, why) {
  checks.that('Claude Code ends in time', !timedOut);
  checks.that('Claude Code exits with 1', exitCode === 1, { exitCode, stderr, result: result?.result });
  checks.equal('its result is an error', result?.is_error, true);
  checks.that('it shows why', why.test(result?.result), { result: result?.result, expected: String(why) });
}

/**
 * Claude Code asked for everything once.
 * @param {import('../checks.mjs').Checks} checks
 * @param {import('./run-claude-code.mjs').ClaudeCodeRun} run
 */
export function checkNoRetry(checks, run) {
  checks.none('it repeated no request', retriesOf(run));
}

/** The repeats it announced. @param {import('./run-claude-code.mjs').ClaudeCodeRun} run */
export function retriesOf({ events }) {
  return events.filter(({ subtype }) => subtype === 'api_retry');
}
