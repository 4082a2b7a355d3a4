import { runProgram } from '../run-program.mjs';
import { codexEnvironment } from './codex-environment.mjs';

/**
 * @typedef {object} CodexResult
 * @property {Record<string, any>[]} items what it completed, in that order: messages, commands, patches, reasoning
 * @property {string | undefined} answer its last message
 * @property {string | undefined} failure why its turn failed
 *
 * @typedef {import('../run-program.mjs').ProgramRun & CodexResult} CodexRun its events are what `--json` printed
 */

/**
 * Runs `codex exec` with nothing of this process' environment but the PATH, and waits for its end.
 * @param {object} options
 * @param {string} options.program
 * @param {string} options.folder holds its home, its settings and its temporary files
 * @param {string} options.workFolder where it runs
 * @param {string} options.prompt
 * @param {string} options.model
 * @param {Record<string, string>} options.environment
 * @param {Record<string, unknown>} [options.configuration] beside what its config.toml says, by dotted path
 * @param {readonly string[]} [options.args]
 * @param {boolean} [options.resumes] the last session of this home goes on
 * @param {Promise<void>} [options.interruptedBy] when it resolves, Codex is interrupted as by Ctrl-C
 * @param {number} [options.timeoutMs]
 * @returns {Promise<CodexRun>}
 */
export async function runCodex(options) {
  const { program, folder, workFolder, prompt, model, environment } = options;
  const { configuration = {}, args = [], resumes = false, interruptedBy, timeoutMs = 30_000 } = options;
  const run = await runProgram(
    program,
    [
      ...['exec', ...(resumes ? ['resume', '--last'] : []), '--json', '--skip-git-repo-check', '--strict-config'],
      ...Object.entries(configuration).flatMap(([path, value]) => ['--config', `${path}=${toml(value)}`]),
      ...['--model', model, ...args, '--', prompt],
    ],
    {
      folder: workFolder,
      environment: await codexEnvironment(folder, environment),
      interruptedBy,
      timeoutMs,
    },
  );
  return { ...run, ...resultOf(run) };
}

function resultOf({ events }) {
  const items = events.filter(({ type }) => type === 'item.completed').map(({ item }) => item);
  return {
    items,
    answer: items.findLast(({ type }) => type === 'agent_message')?.text,
    failure: events.find(({ type }) => type === 'turn.failed')?.error.message,
  };
}

/** Texts, numbers, flags and lists of these are written alike in TOML and in JSON. */
function toml(value) {
  return JSON.stringify(value);
}
