import { runProgram } from '../run-program.mjs';
import { claudeCodeEnvironment } from './claude-code-environment.mjs';

/**
 * @typedef {import('../run-program.mjs').ProgramRun & { result: Record<string, any> | undefined }} ClaudeCodeRun its
 *   events are what `--output-format stream-json` printed, `result` is the one that ends it
 */

/**
 * Runs `claude -p` with nothing of this process' environment but the PATH, and waits for its end.
 * @param {object} options
 * @param {string} options.program
 * @param {string} options.folder holds its home, its settings and its temporary files
 * @param {string} options.workFolder where it runs
 * @param {string} options.prompt
 * @param {readonly string[]} [options.allowedTools] those it need not ask for
 * @param {Record<string, string>} options.environment
 * @param {readonly string[]} [options.args]
 * @param {Promise<void>} [options.interruptedBy] when it resolves, Claude Code is interrupted as by Ctrl-C
 * @param {number} [options.timeoutMs]
 * @returns {Promise<ClaudeCodeRun>}
 */
export async function runClaudeCode(options) {
  const { program, folder, workFolder, prompt, environment } = options;
  const { allowedTools = [], args = [], interruptedBy, timeoutMs } = options;
  const run = await runProgram(
    program,
    [
      ...['-p', prompt, '--output-format', 'stream-json', '--verbose'],
      // Not a permission mode: as root it refuses to go without permissions.
      ...(allowedTools.length > 0 ? [`--allowedTools=${allowedTools.join(',')}`] : []),
      ...args,
    ],
    {
      folder: workFolder,
      environment: await claudeCodeEnvironment(folder, environment),
      interruptedBy,
      timeoutMs,
    },
  );
  return { ...run, result: run.events.findLast((event) => event.type === 'result') };
}
